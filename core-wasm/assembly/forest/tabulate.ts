/** Builds the tables of cells.ts from a forest's nodes. */
import { Forest, isLeaf, Node, Tree } from "./forest";
import { Axis, initAxis, keyOf } from "./axis";
import { AXES, Cells, Group, GROUP_TREES } from "./cells";
import { fillCells, newLengthList } from "./fill";
import { allocate } from "../memory";
import { sortPairs } from "../radix_sort";

/** Most bytes of a forest's tables; a shipped model's tables take 2 million. */
const MAX_BYTES: i64 = 16 << 20;
/** Most cells of a tree along an axis, so that a byte holds a rank. */
const MAX_WIDTH: i32 = 256;

/** Cells of each tree along each axis, an i32x4 per tree; 1 in padding trees. */
let widths: usize = 0;
/** Tree of each node, i32. */
let owners: usize = 0;
/** Rank of each node's threshold among its tree's, u8. */
let ranks: usize = 0;
/** Next rank of each tree, i32. */
let nextRanks: usize = 0;
/** An axis' thresholds, first with their nodes, then with their trees. */
let pairs: usize = 0;
let spare: usize = 0;

function nodeAt(forest: Forest, i: i32): Node {
  return changetype<Node>(forest.nodes + offsetof<Node>() * (i as usize));
}

function widthOf(t: i32, axis: i32): i32 {
  return load<i32>(widths + (t << 4) + (axis << 2));
}

function cellCount(t: i32): i32 {
  return widthOf(t, 0) * widthOf(t, 1) * widthOf(t, 2);
}

/** Allocates scratch memory; false when memory ran out. */
function allocateScratch(trees: i32, nodes: i32): bool {
  widths = allocate((trees as usize) << 4);
  nextRanks = allocate((trees as usize) << 2);
  owners = allocate((nodes as usize) << 2);
  ranks = allocate(nodes);
  pairs = allocate((nodes as usize) << 3);
  spare = allocate((nodes as usize) << 3);
  return spare != 0;
}

/** Records the tree of each node and counts the cells; false when a feature has no axis. */
function measure(forest: Forest, trees: i32): bool {
  for (let t = 0; t < trees; t++) v128.store(widths + (t << 4), i32x4.splat(1));
  let i = 0;
  for (let t = 0; t < forest.trees; t++) {
    const tree = changetype<Tree>(forest.first + offsetof<Tree>() * (t as usize));
    for (const end = i + tree.nodes; i < end; i++) {
      store<i32>(owners + (i << 2), t);
      const node = nodeAt(forest, i);
      if (isLeaf(node)) continue;
      if (node.feature >= AXES << 2) return false;
      const width = widths + (t << 4) + node.feature;
      store<i32>(width, load<i32>(width) + 1);
    }
  }
  return true;
}

/** Bytes of all cells; more than allowed when a tree has too many ranks. */
function cellBytes(trees: i32): i64 {
  let bytes: i64 = 0;
  for (let t = 0; t < trees; t++) {
    for (let axis = 0; axis < AXES; axis++) if (widthOf(t, axis) > MAX_WIDTH) return MAX_BYTES + 1;
    bytes += cellCount(t);
  }
  return bytes;
}

/** Sorts an axis' thresholds, each with its node; returns their number. */
function sortThresholds(forest: Forest, axis: i32): i32 {
  let count = 0;
  for (let i = 0; i < forest.nodeCount; i++) {
    const node = nodeAt(forest, i);
    if (node.feature != axis << 2 || isLeaf(node)) continue;
    store<u32>(pairs + (count << 3), keyOf(node.threshold));
    store<i32>(pairs + (count << 3), i, 4);
    count++;
  }
  const sorted = sortPairs(count, pairs, spare);
  if (sorted != pairs) {
    spare = pairs;
    pairs = sorted;
  }
  return count;
}

/** Ranks each of the sorted thresholds in its tree, and replaces its node by its tree. */
function rankThresholds(trees: i32, count: i32): void {
  memory.fill(nextRanks, 0, (trees as usize) << 2);
  for (let i = 0; i < count; i++) {
    const node = load<i32>(pairs + (i << 3), 4);
    const owner = load<i32>(owners + (node << 2));
    const next = nextRanks + (owner << 2);
    store<u8>(ranks + node, load<i32>(next) as u8);
    store<i32>(next, load<i32>(next) + 1);
    store<i32>(pairs + (i << 3), owner, 4);
  }
}

/** Writes the ranks in a group's trees for every rank on the axis, `rankBytes` apart. */
function writeRanks(group: i32, count: i32, to: usize, rankBytes: i32): void {
  let all: u64 = 0;
  store<u64>(to, all);
  for (let i = 0; i < count; i++) {
    const owner = load<i32>(pairs + (i << 3), 4);
    // Eight ranks of one byte each; none overflows.
    if (owner / GROUP_TREES == group) all += (1 as u64) << ((owner % GROUP_TREES) << 3);
    to += rankBytes;
    store<u64>(to, all);
  }
}

/**
 * Writes an axis and the ranks of all groups on it.
 *
 * @returns false when memory ran out
 */
function writeAxis(forest: Forest, cells: Cells, a: i32, axis: Axis, groups: i32): bool {
  const count = sortThresholds(forest, a);
  rankThresholds(groups * GROUP_TREES, count);
  const maps = allocate(((count + 1) * cells.rankBytes) as usize);
  if (!initAxis(axis, pairs, count) || maps == 0) return false;
  for (let g = 0; g < groups; g++) {
    const group = cells.first + offsetof<Group>() * (g as usize);
    const map = maps + (g << 3);
    store<usize>(group + (a << 2), map, offsetof<Group>("ranks0"));
    writeRanks(g, count, map, cells.rankBytes);
  }
  return true;
}

/**
 * Writes the cells of a group's trees.
 *
 * @param to output, one tree after the other
 * @returns address after them; 0 when the list of path lengths is full
 */
function writeCells(forest: Forest, cells: Cells, g: i32, to: usize): usize {
  const address = cells.first + offsetof<Group>() * (g as usize);
  const group = changetype<Group>(address);
  for (let lane = 0; lane < GROUP_TREES; lane++) {
    const t = g * GROUP_TREES + lane;
    store<u16>(address + (lane << 1), widthOf(t, 1) as u16, offsetof<Group>("width1"));
    store<u16>(address + (lane << 1), widthOf(t, 2) as u16, offsetof<Group>("width2"));
    store<usize>(address + (lane << 2), to, offsetof<Group>("cells"));
    const tree = forest.first + offsetof<Tree>() * (t as usize);
    const root = t < forest.trees ? changetype<Tree>(tree).root : 0;
    if (!fillCells(group, root, forest.nodes, ranks, widths + (t << 4), to)) return 0;
    to += cellCount(t);
  }
  return to;
}

/**
 * Tabulates a forest if it has at most three features, at most 255 thresholds per feature in a
 * tree, at most 256 different path lengths in eight trees, and at most 16 MiB of tables. Usual
 * forests qualify: 100 trees of 256 samples with three features take 2 to 3 MiB.
 *
 * @returns address of its `Cells`; 0 when it cannot be tabulated
 */
function newCells(forest: Forest): usize {
  const groups = (forest.trees + GROUP_TREES - 1) / GROUP_TREES;
  const trees = groups * GROUP_TREES;
  if (!allocateScratch(trees, forest.nodeCount) || !measure(forest, trees)) return 0;
  const bytes = cellBytes(trees);
  const thresholds = (forest.nodeCount - forest.trees) / 2;
  const rankBytes = ((thresholds + AXES) as i64) * (trees as i64);
  if (bytes + rankBytes > MAX_BYTES) return 0;
  const address = allocate(offsetof<Cells>());
  const first = allocate(offsetof<Group>() * (groups as usize));
  const axes = allocate(offsetof<Axis>() * AXES);
  let to = allocate(bytes as usize);
  if (to == 0) return 0;
  const cells = changetype<Cells>(address);
  cells.first = first;
  cells.rankBytes = groups << 3;
  cells.end = first + offsetof<Group>() * (groups as usize);
  for (let a = 0; a < AXES; a++) {
    const axis = changetype<Axis>(axes + offsetof<Axis>() * (a as usize));
    store<usize>(address + (a << 2), changetype<usize>(axis), offsetof<Cells>("axis0"));
    if (!writeAxis(forest, cells, a, axis, groups)) return 0;
  }
  if (!newLengthList()) return 0;
  for (let g = 0; g < groups; g++) {
    let end = writeCells(forest, cells, g, to);
    // A full list stays with the previous groups.
    if (end == 0 && newLengthList()) end = writeCells(forest, cells, g, to);
    if (end == 0) return 0;
    to = end;
  }
  return address;
}

/** Tabulates a forest for faster scoring, if possible: see {@link newCells}. */

export function tabulateForest(address: usize): void {
  const forest = changetype<Forest>(address);
  forest.cells = newCells(forest);
}
