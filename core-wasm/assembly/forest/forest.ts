/**
 * An Isolation Forest as nodes. Most forests are also tabulated (cells.ts), which is faster than any
 * walk from node to node.
 */
import { allocate } from "../memory";
import { averagePathLength } from "./path_length";

/** Most features of a row. */
export const MAX_DIMS: i32 = 8;

/** A node. A leaf is its own left child and has an infinite threshold. */
@unmanaged
export class Node {
  threshold: f32;
  /** Byte offset of the feature in a row of float32. */
  feature: i32;
  /** Address of the left child. */
  left: usize;
  /** Address of the right child; in a leaf, of its path length. */
  right: usize;
}

@unmanaged
export class Tree {
  /** Address of its first node. */
  root: usize;
  /** Number of nodes. */
  nodes: i32;
  /** Depth of its deepest leaf. */
  depth: i32;
}

@unmanaged
export class Forest {
  trees: i32;
  /** Address of the first `Tree`. */
  first: usize;
  /** Address of the nodes of all trees. */
  nodes: usize;
  /** Number of them. */
  nodeCount: i32;
  /** Address of its `Cells`; 0 when it is not tabulated. */
  cells: usize;
  /** Trees x c(max_samples). */
  scale: f64;
  /** A score below it is anomalous. */
  offset: f64;
}

/** Whether a node has no children. */
export function isLeaf(node: Node): bool {
  return node.left == changetype<usize>(node);
}

/** The source: all trees in scikit-learn's arrays, one after the other. */
@unmanaged
class Source {
  /** Nodes of each tree, i32. */
  sizes: usize;
  feature: usize;
  threshold: usize;
  left: usize;
  right: usize;
  samples: usize;
  /** Depth of each node, i32. */
  depth: usize;
}

const source: Source = changetype<Source>(allocate(offsetof<Source>()));

/** Largest float32 up to `value`: it decides `x <= value` alike for every float32 x. */
function floatBelow(value: f64): f32 {
  const nearest = value as f32;
  if ((nearest as f64) <= value) return nearest;
  const bits = reinterpret<i32>(nearest);
  if (nearest > 0) return reinterpret<f32>(bits - 1);
  if (nearest == 0) return reinterpret<f32>(0x80000001);
  return reinterpret<f32>(bits + 1);
}

/**
 * Allocates the source, which the host then writes.
 *
 * @param nodes number of nodes of all trees
 * @returns false when memory ran out
 */
export function allocateSource(trees: i32, nodes: i32): bool {
  const bytes: usize = (nodes as usize) << 2;
  source.sizes = allocate((trees as usize) << 2);
  source.feature = allocate(bytes);
  source.threshold = allocate(bytes << 1);
  source.left = allocate(bytes);
  source.right = allocate(bytes);
  source.samples = allocate(bytes);
  source.depth = allocate(bytes);
  return source.depth != 0;
}

/** Address of the source's number of nodes of each tree, i32. */
export function sourceSizes(): usize {
  return source.sizes;
}

/** Address of the source's features, an i32 per node; -2 at a leaf. */
export function sourceFeatures(): usize {
  return source.feature;
}

/** Address of the source's thresholds, an f64 per node. */
export function sourceThresholds(): usize {
  return source.threshold;
}

/** Address of the source's left children, an i32 per node; -1 at a leaf. */
export function sourceLefts(): usize {
  return source.left;
}

/** Address of the source's right children, an i32 per node; -1 at a leaf. */
export function sourceRights(): usize {
  return source.right;
}

/** Address of the source's number of training samples, an i32 per node. */
export function sourceCounts(): usize {
  return source.samples;
}

/** Writes the nodes of a tree that begins at a node of the source. */
function writeTree(tree: Tree, begin: i32, lengths: usize): void {
  let deepest = 0;
  store<i32>(source.depth + (begin << 2), 0);
  for (let i = 0; i < tree.nodes; i++) {
    const at: usize = (begin + i) << 2;
    const node = changetype<Node>(tree.root + offsetof<Node>() * (i as usize));
    const depth = load<i32>(source.depth + at);
    const left = load<i32>(source.left + at);
    const right = load<i32>(source.right + at);
    if (left < 0) {
      const samples = load<i32>(source.samples + at) as f64;
      node.threshold = Infinity as f32;
      node.left = changetype<usize>(node);
      node.right = lengths + (i << 3);
      // In scikit-learn's order: nodes on the path + c(n) - 1.
      store<f64>(node.right, (depth as f64) + 1.0 + averagePathLength(samples) - 1.0);
      deepest = max(deepest, depth);
    } else {
      node.threshold = floatBelow(load<f64>(source.threshold + (at << 1)));
      node.feature = load<i32>(source.feature + at) << 2;
      node.left = tree.root + offsetof<Node>() * (left as usize);
      node.right = tree.root + offsetof<Node>() * (right as usize);
      store<i32>(source.depth + ((begin + left) << 2), depth + 1);
      store<i32>(source.depth + ((begin + right) << 2), depth + 1);
    }
  }
  tree.depth = deepest;
}

/**
 * Makes a forest of the trees in the source arrays; children come after their parents.
 *
 * @param maxSamples samples per tree
 * @param offset a score below it is anomalous
 * @returns its address; 0 when memory ran out
 */
export function newForest(trees: i32, nodes: i32, maxSamples: f64, offset: f64): usize {
  const forest = changetype<Forest>(allocate(offsetof<Forest>()));
  const first = allocate(offsetof<Tree>() * (trees as usize));
  const allNodes = allocate(offsetof<Node>() * (nodes as usize));
  const lengths = allocate((nodes as usize) << 3);
  if (lengths == 0) return 0;
  forest.trees = trees;
  forest.first = first;
  forest.nodes = allNodes;
  forest.nodeCount = nodes;
  forest.scale = (trees as f64) * averagePathLength(maxSamples);
  forest.offset = offset;
  let begin = 0;
  for (let t = 0; t < trees; t++) {
    const tree = changetype<Tree>(first + offsetof<Tree>() * (t as usize));
    tree.nodes = load<i32>(source.sizes + (t << 2));
    tree.root = allNodes + offsetof<Node>() * (begin as usize);
    writeTree(tree, begin, lengths + (begin << 3));
    begin += tree.nodes;
  }
  return changetype<usize>(forest);
}
