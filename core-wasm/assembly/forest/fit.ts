/**
 * Grows an Isolation Forest as scikit-learn does: each tree from a sample without replacement, each
 * split on a uniformly drawn feature that is not constant in the node, at a uniform threshold
 * between its float32 minimum and maximum, to a depth of ceil(log2(max_samples))
 * (sklearn/ensemble/_iforest.py; sklearn/tree/_splitter.pyx, `node_split_random`;
 * sklearn/tree/_tree.pyx, `DepthFirstTreeBuilder`).
 */
import { MAX_DIMS } from "./forest";
import { allocate } from "../memory";
import { below, uniform } from "../random";

/** Values within this range are constant; scikit-learn's FEATURE_THRESHOLD. */
const CONSTANT_WITHIN: f32 = 1e-7;
/** scikit-learn's value for a leaf's feature and threshold. */
const UNDEFINED: i32 = -2;
const NO_CHILD: i32 = -1;

/** A node waiting to be split: its parent, side, depth and range of samples. */
@unmanaged
class Pending {
  parent: i32;
  isLeft: i32;
  depth: i32;
  start: i32;
  end: i32;
}

/** Trees of at most 31 levels have at most one pending sibling per level. */
const PENDING: usize = allocate(64 * offsetof<Pending>());
/** Features in the order in which they are tried. */
const order: usize = allocate(MAX_DIMS << 2);

let rows: usize = 0;
let rowCount: i32 = 0;
let dims: i32 = 0;
let maxSamples: i32 = 0;
/** All row numbers, partly shuffled by each tree. */
let deck: usize = 0;
/** The tree's sample, grouped by node: a record per row, float32, four features per vector. */
let members: usize = 0;
let memberBytes: usize = 0;
/** Lowest and highest values of four features. */
const lowest: usize = memory.data(16, 16);
const highest: usize = memory.data(16, 16);
let features: usize = 0;
let thresholds: usize = 0;
let lefts: usize = 0;
let rights: usize = 0;
let counts: usize = 0;

/**
 * Prepares a fit.
 *
 * @param data f64, row after row
 * @param samples rows per tree, at most `count`
 * @returns false when memory ran out
 */
export function initForestFit(data: usize, count: i32, width: i32, samples: i32): bool {
  const nodes: usize = 2 * samples;
  rows = data;
  rowCount = count;
  dims = width;
  maxSamples = samples;
  deck = allocate((count as usize) << 2);
  memberBytes = (((width + 3) >> 2) as usize) << 4;
  members = allocate((samples as usize) * memberBytes);
  features = allocate(nodes << 2);
  thresholds = allocate(nodes << 3);
  lefts = allocate(nodes << 2);
  rights = allocate(nodes << 2);
  counts = allocate(nodes << 2);
  if (counts == 0 || deck == 0) return false;
  for (let i = 0; i < count; i++) store<i32>(deck + (i << 2), i);
  return true;
}

/** Address of the grown tree's features, an i32 per node. */
export function treeFeatures(): usize {
  return features;
}

/** Address of the grown tree's thresholds, an f64 per node. */
export function treeThresholds(): usize {
  return thresholds;
}

/** Address of the grown tree's left children, an i32 per node. */
export function treeLefts(): usize {
  return lefts;
}

/** Address of the grown tree's right children, an i32 per node. */
export function treeRights(): usize {
  return rights;
}

/** Address of the number of samples in the grown tree's nodes, an i32 per node. */
export function treeCounts(): usize {
  return counts;
}

/** Draws the tree's sample (a partial Fisher-Yates shuffle) and converts it to float32. */
function drawSample(): void {
  let member = members;
  for (let i = 0; i < maxSamples; i++) {
    const place = deck + (i << 2);
    const other = deck + ((i + (below(rowCount - i) as i32)) << 2);
    const row = load<i32>(other);
    store<i32>(other, load<i32>(place));
    store<i32>(place, row);
    const source = rows + (((row as usize) * (dims as usize)) << 3);
    for (let d = 0; d < dims; d++) {
      store<f32>(member + (d << 2), load<f64>(source + (d << 3)) as f32);
    }
    member += memberBytes;
  }
}

/** Address of the i-th member. */
function memberAt(i: i32): usize {
  return members + (i as usize) * memberBytes;
}

/** Finds the lowest and highest values of the four features at an offset in a record. */
function findExtremes(start: i32, end: i32, offset: usize): void {
  const last = memberAt(end) + offset;
  let at = memberAt(start) + offset;
  let low = v128.load(at);
  let high = low;
  for (at += memberBytes; at < last; at += memberBytes) {
    const values = v128.load(at);
    low = f32x4.pmin(low, values);
    high = f32x4.pmax(high, values);
  }
  v128.store(lowest, low);
  v128.store(highest, high);
}

function swap(a: usize, b: usize): void {
  for (let offset: usize = 0; offset < memberBytes; offset += 16) {
    const values = v128.load(a + offset);
    v128.store(a + offset, v128.load(b + offset));
    v128.store(b + offset, values);
  }
}

/** Moves members with values up to the threshold to the front; returns where the others start. */
function partition(feature: i32, start: i32, end: i32, threshold: f64): i32 {
  const last = memberAt(end);
  let middle = memberAt(start);
  for (let at = middle; at < last; at += memberBytes) {
    const isLeft = (load<f32>(at + (feature << 2)) as f64) <= threshold;
    // Always swapped, as the branch could not be predicted; members on the right may move freely.
    swap(at, middle);
    middle += isLeft ? memberBytes : 0;
  }
  return ((middle - members) / memberBytes) as i32;
}

/**
 * Splits a node on a random feature.
 *
 * @returns where the right child's members start; `start` when all features are constant
 */
function split(node: i32, start: i32, end: i32): i32 {
  for (let d = 0; d < dims; d++) store<i32>(order + (d << 2), d);
  for (let left = dims; left > 0; left--) {
    const drawn = order + (below(left) << 2);
    const feature = load<i32>(drawn);
    store<i32>(drawn, load<i32>(order + ((left - 1) << 2)));
    findExtremes(start, end, (feature >> 2) << 4);
    const low = load<f32>(lowest + ((feature & 3) << 2));
    const high = load<f32>(highest + ((feature & 3) << 2));
    if (high <= low + CONSTANT_WITHIN) continue;
    let threshold = (low as f64) + uniform() * ((high as f64) - (low as f64));
    if (threshold >= (high as f64)) threshold = low as f64;
    store<i32>(features + (node << 2), feature);
    store<f64>(thresholds + (node << 3), threshold);
    return partition(feature, start, end, threshold);
  }
  return start;
}

function push(top: i32, parent: i32, isLeft: i32, depth: i32, start: i32, end: i32): i32 {
  const pending = changetype<Pending>(PENDING + offsetof<Pending>() * (top as usize));
  pending.parent = parent;
  pending.isLeft = isLeft;
  pending.depth = depth;
  pending.start = start;
  pending.end = end;
  return top + 1;
}

/**
 * Grows one tree from a new sample. Its nodes are in depth-first order.
 *
 * @returns its number of nodes
 */
export function growTree(): i32 {
  drawSample();
  let maxDepth = 0;
  while ((1 << maxDepth) < maxSamples) maxDepth++;
  let nodes = 0;
  let top = push(0, NO_CHILD, 0, 0, 0, maxSamples);
  while (top > 0) {
    const pending = changetype<Pending>(PENDING + offsetof<Pending>() * (--top as usize));
    const start = pending.start;
    const end = pending.end;
    const depth = pending.depth;
    const node = nodes++;
    const at = node << 2;
    if (pending.parent != NO_CHILD) {
      store<i32>((pending.isLeft ? lefts : rights) + (pending.parent << 2), node);
    }
    store<i32>(counts + at, end - start);
    const isOpen = depth < maxDepth && end - start > 1;
    const middle = isOpen ? split(node, start, end) : start;
    if (middle == start) {
      store<i32>(features + at, UNDEFINED);
      store<f64>(thresholds + (node << 3), UNDEFINED as f64);
      store<i32>(lefts + at, NO_CHILD);
      store<i32>(rights + at, NO_CHILD);
      continue;
    }
    top = push(top, node, 0, depth + 1, middle, end);
    top = push(top, node, 1, depth + 1, start, middle);
  }
  return nodes;
}
