/** Sums of path lengths by walking from node to node: slow, but for any forest. */
import { Forest, MAX_DIMS, Node, Tree } from "./forest";

/** Pairs of a row and a tree that walk together, so that no step waits for another. */
const WALKERS: i32 = 256;
/** A row in float32. */
const ROW_BYTES: usize = MAX_DIMS << 2;

const rows32: usize = memory.data(256 * 32, 64);
/** Address of each walker's node, u32. */
const positions: usize = memory.data(256 * 4, 64);

/** Converts rows to float32. */
function narrow(rows: usize, count: i32, dims: i32): void {
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dims; d++) {
      store<f32>(rows32 + (i as usize) * ROW_BYTES + (d << 2), load<f64>(rows) as f32);
      rows += 8;
    }
  }
}

/** Moves all walkers one node down; their rows are `rowBytes` apart. */
function descend(walkers: i32, rowBytes: usize): void {
  let row = rows32;
  for (let i = 0; i < walkers; i++) {
    const position = positions + (i << 2);
    const node = load<usize>(position);
    const x = load<f32>(row + changetype<Node>(node).feature);
    // Branchless, as a branch could not be predicted.
    const side = (x > changetype<Node>(node).threshold) as usize;
    store<usize>(position, load<usize>(node + (side << 2), offsetof<Node>("left")));
    row += rowBytes;
  }
}

/** Path length of a walker's leaf. */
function lengthAt(walker: i32): f64 {
  return load<f64>(changetype<Node>(load<usize>(positions + (walker << 2))).right);
}

function treeAt(forest: Forest, t: i32): Tree {
  return changetype<Tree>(forest.first + offsetof<Tree>() * (t as usize));
}

/** Sum of one row's path lengths: the row walks many trees together. */
function sumOneRow(forest: Forest): f64 {
  let sum = 0.0;
  for (let first = 0; first < forest.trees; first += WALKERS) {
    const size = min(WALKERS, forest.trees - first);
    let depth = 0;
    for (let i = 0; i < size; i++) {
      const tree = treeAt(forest, first + i);
      store<usize>(positions + (i << 2), tree.root);
      depth = max(depth, tree.depth);
    }
    for (; depth > 0; depth--) descend(size, 0);
    for (let i = 0; i < size; i++) sum += lengthAt(i);
  }
  return sum;
}

/** Adds the path lengths in one tree to sums: many rows walk it together. */
function addTree(tree: Tree, count: i32, sums: usize): void {
  for (let i = 0; i < count; i++) store<usize>(positions + (i << 2), tree.root);
  for (let rest = tree.depth; rest > 0; rest--) descend(count, ROW_BYTES);
  for (let i = 0; i < count; i++) {
    store<f64>(sums + (i << 3), load<f64>(sums + (i << 3)) + lengthAt(i));
  }
}

/**
 * Sums of the path lengths of many rows, in tree order.
 *
 * @param rows f64, row after row
 * @param sums output, an f64 per row
 */
export function sumByWalk(forest: Forest, rows: usize, count: i32, dims: i32, sums: usize): void {
  if (count == 1) {
    narrow(rows, 1, dims);
    store<f64>(sums, sumOneRow(forest));
    return;
  }
  memory.fill(sums, 0, (count as usize) << 3);
  for (let done = 0; done < count; done += WALKERS) {
    const size = min(WALKERS, count - done);
    narrow(rows + ((done * dims) << 3), size, dims);
    for (let t = 0; t < forest.trees; t++) addTree(treeAt(forest, t), size, sums + (done << 3));
  }
}
