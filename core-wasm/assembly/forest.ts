/**
 * Isolation Forest scoring with scikit-learn's semantics: features are float32, a sample goes left
 * when `x <= threshold`, and a leaf is worth its depth plus the average path length of what it
 * still holds (sklearn/ensemble/_iforest.py, `_compute_score_samples`).
 */
import { allocate } from "./memory";

/** Euler's constant, numpy's `euler_gamma`. */
const GAMMA: f64 = 0.5772156649015329;

/** Most features that a row has. */
export const MAX_DIMS: i32 = 8;

/** Node: threshold f32 at 0, feature i32 at 4, byte offsets of the children at 8 and 12. */
const NODE_BYTES: usize = 16;
/** In the feature's place, marks a leaf, whose worth is an f64 at 8. */
const LEAF: i32 = -1;

@unmanaged
export class Forest {
  /** Trees added so far. */
  trees: i32;
  /** Nodes added so far. */
  used: i32;
  /** Address of the nodes. */
  nodes: usize;
  /** Address of the byte offsets of the roots. */
  roots: usize;
  /** Trees x c(max_samples). */
  scale: f64;
  /** A score below it is anomalous. */
  offset: f64;
}

/** The row in float32. */
const row32: usize = allocate(MAX_DIMS << 2);

/**
 * c(n), the average path length of an unsuccessful search in a tree of n samples
 * (Liu et al. 2008, equation 1).
 */
function averagePathLength(n: f64): f64 {
  if (n <= 1.0) return 0.0;
  if (n == 2.0) return 1.0;
  return 2.0 * (NativeMath.log(n - 1.0) + GAMMA) - 2.0 * (n - 1.0) / n;
}

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
 * @param nodes number of their nodes
 * @param maxSamples samples a tree was grown from
 * @param offset a score below it is anomalous
 * @returns its address; 0 when memory ran out
 */
export function newForest(trees: i32, nodes: i32, maxSamples: f64, offset: f64): usize {
  const forest = changetype<Forest>(allocate(offsetof<Forest>()));
  forest.roots = allocate((trees as usize) << 2);
  forest.nodes = allocate((nodes as usize) * NODE_BYTES);
  forest.scale = (trees as f64) * averagePathLength(maxSamples);
  forest.offset = offset;
  return forest.nodes == 0 ? 0 : changetype<usize>(forest);
}

/**
 * Adds one tree given in scikit-learn's arrays, children after their parents.
 *
 * @param feature i32 a node
 * @param threshold f64 a node
 * @param left index of the left child, i32 a node; -1 at a leaf
 * @param right index of the right child, i32 a node
 * @param samples training samples in the node, i32 a node
 */
export function addTree(
  address: usize,
  nodes: i32,
  feature: usize,
  threshold: usize,
  left: usize,
  right: usize,
  samples: usize,
): void {
  const forest = changetype<Forest>(address);
  const first = (forest.used as usize) * NODE_BYTES;
  const base = forest.nodes + first;
  // Depth of a node, counted in nodes from the root, is kept in the child's place until it is read.
  store<i32>(base, 1, 8);
  for (let i = 0; i < nodes; i++) {
    const node = base + (i as usize) * NODE_BYTES;
    const at = i << 2;
    const l = load<i32>(left + at);
    const depth = load<i32>(node, 8);
    if (l < 0) {
      const n = load<i32>(samples + at) as f64;
      store<i32>(node, LEAF, 4);
      store<f64>(node, (depth as f64) + averagePathLength(n) - 1.0, 8);
      continue;
    }
    const r = load<i32>(right + at);
    const leftOffset = (l as usize) * NODE_BYTES;
    const rightOffset = (r as usize) * NODE_BYTES;
    store<i32>(base + leftOffset, depth + 1, 8);
    store<i32>(base + rightOffset, depth + 1, 8);
    store<f32>(node, floatBelow(load<f64>(threshold + (i << 3))));
    store<i32>(node, load<i32>(feature + at), 4);
    store<usize>(node, first + leftOffset, 8);
    store<usize>(node, first + rightOffset, 12);
  }
  store<usize>(forest.roots + (forest.trees << 2), first);
  forest.trees += 1;
  forest.used += nodes;
}

/** Sum of the path lengths of a float32 row, in tree order. */
function pathLengths(forest: Forest, x: usize): f64 {
  const nodes = forest.nodes;
  const roots = forest.roots;
  const trees = forest.trees;
  let sum = 0.0;
  for (let t = 0; t < trees; t++) {
    let node = nodes + load<usize>(roots + (t << 2));
    let feature = load<i32>(node, 4);
    while (feature != LEAF) {
      const child: usize = load<f32>(x + (feature << 2)) <= load<f32>(node) ? 8 : 12;
      node = nodes + load<usize>(node + child);
      feature = load<i32>(node, 4);
    }
    sum += load<f64>(node, 8);
  }
  return sum;
}

/**
 * Anomaly score of one row, scikit-learn's `score_samples`: -2^(-E[h] / c(max_samples)).
 *
 * @param row f64 a feature
 * @param dims number of features
 * @returns -1 (anomalous) to 0
 */
export function scoreRow(address: usize, row: usize, dims: i32): f64 {
  const forest = changetype<Forest>(address);
  for (let d = 0; d < dims; d++) {
    store<f32>(row32 + (d << 2), load<f64>(row + (d << 3)) as f32);
  }
  const sum = pathLengths(forest, row32);
  const depth = forest.scale > 0.0 ? sum / forest.scale : 1.0;
  return -NativeMath.pow(2.0, -depth);
}

/**
 * Scores of many rows.
 *
 * @param rows f64, row after row
 * @param scores where they go, f64 a row
 */
export function scoreRows(address: usize, rows: usize, count: i32, dims: i32, scores: usize): void {
  for (let i = 0; i < count; i++) {
    store<f64>(scores + (i << 3), scoreRow(address, rows, dims));
    rows += dims << 3;
  }
}
