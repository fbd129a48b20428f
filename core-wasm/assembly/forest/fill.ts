/** Fills a tree's cells. The cells of a leaf are a box. */
import { isLeaf, Node } from "./forest";
import { Group } from "./cells";
import { allocate } from "../memory";

/** Most path lengths in a list, so that an index is a byte. */
const MAX_LENGTHS: i32 = 256;

/** The tree that is being filled. */
let lengths: usize = 0;
let lengthCount: i32 = 0;
let cells: usize = 0;
let width1: i32 = 0;
let width2: i32 = 0;
/** Address of the forest's nodes, and of the ranks of their thresholds. */
let nodes: usize = 0;
let ranks: usize = 0;

/**
 * Starts an empty list of path lengths for the next trees.
 *
 * @returns false when memory ran out
 */
export function newLengthList(): bool {
  lengths = allocate(MAX_LENGTHS << 3);
  lengthCount = 0;
  return lengths != 0;
}

/** Index of a path length in the list, which it is added to; -1 when the list is full. */
function indexOf(length: f64): i32 {
  for (let i = 0; i < lengthCount; i++) {
    if (load<f64>(lengths + (i << 3)) == length) return i;
  }
  if (lengthCount == MAX_LENGTHS) return -1;
  store<f64>(lengths + (lengthCount << 3), length);
  return lengthCount++;
}

/** Writes `count` equal bytes; `bytes` holds 8 of them. The last word may overlap the one before. */
function fillRun(to: usize, count: i32, bytes: u64): void {
  const end = to + count;
  if (count >= 8) {
    for (; to + 8 < end; to += 8) store<u64>(to, bytes);
    store<u64>(end - 8, bytes);
  } else if (count >= 4) {
    store<u32>(to, bytes as u32);
    store<u32>(end - 4, bytes as u32);
  } else {
    store<u8>(to, bytes as u8);
    store<u8>(to + (count >> 1), bytes as u8);
    store<u8>(end - 1, bytes as u8);
  }
}

/** Fills a box of cells: ranks [a, b) along each axis. */
function fillBox(n: i32, a0: i32, b0: i32, a1: i32, b1: i32, a2: i32, b2: i32): void {
  const bytes = (n as u64) * 0x0101010101010101;
  for (let i = a0; i < b0; i++) {
    let run = cells + (i * width1 + a1) * width2 + a2;
    for (let j = a1; j < b1; j++) {
      fillRun(run, b2 - a2, bytes);
      run += width2;
    }
  }
}

/** Fills the part of a box that reaches a node; false when there are too many path lengths. */
function fill(address: usize, a0: i32, b0: i32, a1: i32, b1: i32, a2: i32, b2: i32): bool {
  if (a0 >= b0 || a1 >= b1 || a2 >= b2) return true;
  const node = changetype<Node>(address);
  if (isLeaf(node)) {
    const n = indexOf(load<f64>(node.right));
    if (n >= 0) fillBox(n, a0, b0, a1, b1, a2, b2);
    return n >= 0;
  }
  // Ranks up to the threshold's go left.
  const cut = (load<u8>(ranks + (address - nodes) / offsetof<Node>()) as i32) + 1;
  if (node.feature == 0) {
    return fill(node.left, a0, min(b0, cut), a1, b1, a2, b2) &&
      fill(node.right, max(a0, cut), b0, a1, b1, a2, b2);
  }
  if (node.feature == 4) {
    return fill(node.left, a0, b0, a1, min(b1, cut), a2, b2) &&
      fill(node.right, a0, b0, max(a1, cut), b1, a2, b2);
  }
  return fill(node.left, a0, b0, a1, b1, a2, min(b2, cut)) &&
    fill(node.right, a0, b0, a1, b1, max(a2, cut), b2);
}

/**
 * Fills the cells of a tree.
 *
 * @param group the tree's group
 * @param root address of its first node; 0 for a padding tree
 * @param firstNode address of the forest's nodes
 * @param nodeRanks rank of each node's threshold among its tree's, u8
 * @param widths cells along each axis, i32
 * @param to output
 * @returns false when the list of path lengths is full
 */
export function fillCells(
  group: Group,
  root: usize,
  firstNode: usize,
  nodeRanks: usize,
  widths: usize,
  to: usize,
): bool {
  group.lengths = lengths;
  cells = to;
  nodes = firstNode;
  ranks = nodeRanks;
  width1 = load<i32>(widths, 4);
  width2 = load<i32>(widths, 8);
  if (root != 0) return fill(root, 0, load<i32>(widths), 0, width1, 0, width2);
  const n = indexOf(0.0);
  store<u8>(to, n as u8);
  return n >= 0;
}
