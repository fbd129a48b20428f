/**
 * An Isolation Forest in blocks that a few SIMD instructions walk three levels at a time.
 *
 * A **block** of 64 bytes holds a node, its children and its grandchildren: 7 thresholds, and where
 * in the row each finds its feature. The 8 blocks below it lie in one run. A **last block** of 32
 * bytes holds the lowest two levels of a tree and the 4 leaves below. All paths of a tree pass as
 * many blocks, so that nothing depends on the row but addresses: a path that ends early goes on to
 * the left of thresholds that nothing exceeds.
 *
 *     block       0 thresholds of nodes 0-2, f32    12 address of the blocks below, u32
 *                16 thresholds of nodes 3-6         32 swizzles of 0-2    48 swizzles of 3-6
 *     last block  0 thresholds of nodes 0-2         12 swizzles of 0-2    24 leaves, 4 x u16
 *
 * Nodes are numbered as in a heap: the children of p are 2p + 1 and 2p + 2. A leaf is a number in
 * the forest's table of path lengths.
 */
import { allocate } from "./memory";
import { averagePathLength } from "./path_length";

/** Most features that a row has. */
export const MAX_DIMS: i32 = 8;

export const BLOCK_SHIFT: usize = 6;
export const LAST_BLOCK_SHIFT: usize = 5;
/** Where a block has the address of the blocks below. */
export const BELOW: usize = 12;
/** Where a block has its swizzles. */
export const SWIZZLES: usize = 32;
/** Where a last block has its swizzles. */
export const LAST_SWIZZLES: usize = 12;
/** Where a last block has its leaves. */
export const LAST_LEAVES: usize = 24;

const BLOCK_BYTES: usize = 1 << BLOCK_SHIFT;
const LAST_BLOCK_BYTES: usize = 1 << LAST_BLOCK_SHIFT;
/** Levels of nodes in a block. */
const BLOCK_LEVELS: i32 = 3;
const LAST_BLOCK_LEVELS: i32 = 2;
/** Most different path lengths, so that two bytes number them. */
const MAX_LENGTHS: i32 = 65536;

@unmanaged
export class Tree {
  /** Address of its first block. */
  root: usize;
  /** Blocks on a path, before the last block. */
  blocks: i32;
}

@unmanaged
export class Forest {
  /** Trees added so far. */
  trees: i32;
  /** Address of the first `Tree`. */
  first: usize;
  /** Address of the path lengths. */
  lengths: usize;
  /** Number of path lengths. */
  lengthCount: i32;
  /** Trees x c(max_samples). */
  scale: f64;
  /** A score below it is anomalous. */
  offset: f64;
}

/** A tree in scikit-learn's arrays, and where each node's depth and block are kept meanwhile. */
@unmanaged
class Source {
  nodes: i32;
  feature: usize;
  threshold: usize;
  left: usize;
  right: usize;
  samples: usize;
  /** Depth of each node, i32. */
  depth: usize;
  /** Address of the block that a node heads, 0 for none. */
  block: usize;
}

const source: Source = changetype<Source>(allocate(offsetof<Source>()));
/** The nodes of a block and those at the 8 exits below it. */
const heap: usize = allocate(15 << 2);
/** The nodes of a last block and its 4 leaves. */
const lastHeap: usize = allocate(7 << 2);

/** Largest float32 that is not above `value`, so that `x <= value` is kept for every float32 x. */
function floatBelow(value: f64): f32 {
  const nearest = value as f32;
  if ((nearest as f64) <= value) return nearest;
  const bits = reinterpret<i32>(nearest);
  if (nearest > 0) return reinterpret<f32>(bits - 1);
  if (nearest == 0) return reinterpret<f32>(0x80000001);
  return reinterpret<f32>(bits + 1);
}

/**
 * An empty forest.
 *
 * @param trees number of trees that will be added
 * @param leaves number of their leaves
 * @param maxSamples samples a tree was grown from
 * @param offset a score below it is anomalous
 * @returns its address; 0 when memory ran out
 */
export function newForest(trees: i32, leaves: i32, maxSamples: f64, offset: f64): usize {
  const forest = changetype<Forest>(allocate(offsetof<Forest>()));
  forest.first = allocate(offsetof<Tree>() * (trees as usize));
  forest.lengths = allocate((min(leaves, MAX_LENGTHS) as usize) << 3);
  forest.scale = (trees as f64) * averagePathLength(maxSamples);
  forest.offset = offset;
  return forest.lengths == 0 ? 0 : changetype<usize>(forest);
}

/**
 * Takes room for the arrays of trees to add.
 *
 * @param nodes most nodes of a tree
 * @returns false when memory ran out
 */
export function openTrees(nodes: i32): bool {
  const bytes: usize = (nodes as usize) << 2;
  source.feature = allocate(bytes);
  source.threshold = allocate(bytes << 1);
  source.left = allocate(bytes);
  source.right = allocate(bytes);
  source.samples = allocate(bytes);
  source.depth = allocate(bytes);
  source.block = allocate(bytes);
  return source.block != 0;
}

/** Address of the tree to add: the feature of each node, i32; -2 at a leaf. */
export function sourceFeatures(): usize {
  return source.feature;
}

/** The same: thresholds, f64. */
export function sourceThresholds(): usize {
  return source.threshold;
}

/** The same: left children, i32; -1 at a leaf. */
export function sourceLefts(): usize {
  return source.left;
}

/** The same: right children, i32; -1 at a leaf. */
export function sourceRights(): usize {
  return source.right;
}

/** The same: training samples in the node, i32. */
export function sourceCounts(): usize {
  return source.samples;
}

function isLeaf(node: i32): bool {
  return load<i32>(source.left + (node << 2)) < 0;
}

/** Number of a leaf's path length; -1 when there are too many. */
function lengthOf(forest: Forest, leaf: i32): i32 {
  const depth = load<i32>(source.depth + (leaf << 2)) as f64;
  const samples = load<i32>(source.samples + (leaf << 2)) as f64;
  // In scikit-learn's order: nodes on the path + c(n) - 1.
  const length = (depth + 1.0) + averagePathLength(samples) - 1.0;
  const count = forest.lengthCount;
  for (let i = 0; i < count; i++) {
    if (load<f64>(forest.lengths + (i << 3)) == length) return i;
  }
  if (count == MAX_LENGTHS) return -1;
  store<f64>(forest.lengths + (count << 3), length);
  forest.lengthCount = count + 1;
  return count;
}

/** Puts a node's threshold and swizzle in their places; nothing exceeds a leaf's threshold. */
function putNode(node: i32, threshold: usize, swizzle: usize): void {
  if (isLeaf(node)) {
    store<f32>(threshold, Infinity as f32);
    return;
  }
  const bytes = load<i32>(source.feature + (node << 2)) << 2;
  store<f32>(threshold, floatBelow(load<f64>(source.threshold + (node << 3))));
  for (let i = 0; i < 4; i++) store<u8>(swizzle + i, (bytes + i) as u8);
}

/** Numbers a node and those below it, a leaf standing for all below it. */
function fillHeap(heap: usize, node: i32, inner: i32): void {
  store<i32>(heap, node);
  for (let p = 0; p < inner; p++) {
    const at = load<i32>(heap + (p << 2)) << 2;
    const isEnd = load<i32>(source.left + at) < 0;
    store<i32>(heap + ((2 * p + 1) << 2), isEnd ? at >> 2 : load<i32>(source.left + at));
    store<i32>(heap + ((2 * p + 2) << 2), isEnd ? at >> 2 : load<i32>(source.right + at));
  }
}

/** Writes a last block; false when there are too many path lengths. */
function putLastBlock(forest: Forest, block: usize, node: i32): bool {
  fillHeap(lastHeap, node, 3);
  for (let p: usize = 0; p < 3; p++) {
    putNode(load<i32>(lastHeap + (p << 2)), block + (p << 2), block + LAST_SWIZZLES + (p << 2));
  }
  for (let exit: usize = 0; exit < 4; exit++) {
    const length = lengthOf(forest, load<i32>(lastHeap + ((3 + exit) << 2)));
    if (length < 0) return false;
    store<u16>(block + LAST_LEAVES + (exit << 1), length as u16);
  }
  return true;
}

/**
 * Writes a block for a path that has ended: its first exit leads to itself, and read as a last
 * block, it ends at the leaf.
 */
function putEnd(forest: Forest, block: usize, leaf: i32): bool {
  for (let p: usize = 0; p < 3; p++) putNode(leaf, block + (p << 2), 0);
  putNode(leaf, block + 16, 0);
  store<usize>(block, block, BELOW);
  const length = lengthOf(forest, leaf);
  store<u16>(block, length as u16, LAST_LEAVES);
  return length >= 0;
}

/**
 * Writes a block and takes the memory of those below it.
 *
 * @param isLowest whether last blocks are below it
 * @returns false when memory ran out or there are too many path lengths
 */
function putBlock(forest: Forest, block: usize, node: i32, isLowest: bool): bool {
  const bytes = isLowest ? LAST_BLOCK_BYTES : BLOCK_BYTES;
  const below = allocate(bytes << 3);
  if (below == 0) return false;
  fillHeap(heap, node, 7);
  for (let p: usize = 0; p < 7; p++) {
    // The address below stands between node 2 and node 3.
    const place: usize = (p < 3 ? p : p + 1) << 2;
    putNode(load<i32>(heap + (p << 2)), block + place, block + SWIZZLES + place);
  }
  store<usize>(block, below, BELOW);
  for (let exit: usize = 0; exit < 8; exit++) {
    const next = load<i32>(heap + ((7 + exit) << 2));
    const place = below + bytes * exit;
    let isPut = true;
    if (isLowest) isPut = putLastBlock(forest, place, next);
    else if (isLeaf(next)) isPut = putEnd(forest, place, next);
    else store<usize>(source.block + (next << 2), place);
    if (!isPut) return false;
  }
  return true;
}

/** Notes the depth of each node; returns the greatest. */
function measureDepths(nodes: i32): i32 {
  let deepest = 0;
  store<i32>(source.depth, 0);
  for (let node = 0; node < nodes; node++) {
    const depth = load<i32>(source.depth + (node << 2));
    deepest = max(deepest, depth);
    if (isLeaf(node)) continue;
    store<i32>(source.depth + (load<i32>(source.left + (node << 2)) << 2), depth + 1);
    store<i32>(source.depth + (load<i32>(source.right + (node << 2)) << 2), depth + 1);
  }
  return deepest;
}

/**
 * Adds the tree in the source arrays; children come after their parents.
 *
 * @param nodes number of its nodes
 * @returns false when memory ran out or the forest has more than 65,536 different path lengths
 */
export function addTree(address: usize, nodes: i32): bool {
  const forest = changetype<Forest>(address);
  const tree = changetype<Tree>(forest.first + offsetof<Tree>() * (forest.trees as usize));
  const depth = measureDepths(nodes);
  tree.blocks = (max(depth - LAST_BLOCK_LEVELS, 0) + BLOCK_LEVELS - 1) / BLOCK_LEVELS;
  tree.root = allocate(BLOCK_BYTES);
  if (tree.root == 0) return false;
  forest.trees += 1;
  if (tree.blocks == 0) return putLastBlock(forest, tree.root, 0);
  const lowest = (tree.blocks - 1) * BLOCK_LEVELS;
  memory.fill(source.block, 0, (nodes as usize) << 2);
  store<usize>(source.block, tree.root);
  for (let node = 0; node < nodes; node++) {
    const block = load<usize>(source.block + (node << 2));
    if (block == 0) continue;
    const isLowest = load<i32>(source.depth + (node << 2)) == lowest;
    if (!putBlock(forest, block, node, isLowest)) return false;
  }
  return true;
}
