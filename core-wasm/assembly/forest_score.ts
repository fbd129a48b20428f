/**
 * Isolation Forest scoring with scikit-learn's semantics: features are float32, a sample goes left
 * when `x <= threshold`, and a leaf is worth its depth plus the average path length of what it
 * still holds (sklearn/ensemble/_iforest.py, `_compute_score_samples`).
 */
import {
  BELOW,
  BLOCK_SHIFT,
  Forest,
  LAST_BLOCK_SHIFT,
  LAST_LEAVES,
  LAST_SWIZZLES,
  SWIZZLES,
  Tree,
} from "./forest";

/** Most pairs of a row and a tree that walk side by side, so that no step waits for another. */
const WALKERS: i32 = 256;
/** A row in float32, 8 features. */
const ROW_BYTES: usize = 32;

const rows32: usize = memory.data(256 * 32, 64);
/** Address of the block in which each walker stands, u32. */
const places: usize = memory.data(256 * 4, 64);
/** By the 7 decisions of a block (bit p: right at node p), the exit. */
const exits: usize = memory.data(128, 64);

function fillExits(): void {
  for (let bits = 0; bits < 128; bits++) {
    let node = 0;
    for (let level = 0; level < 3; level++) node = 2 * node + 1 + ((bits >> node) & 1);
    store<u8>(exits + bits, (node - 7) as u8);
  }
}

fillExits();

/** Values of the features that a swizzle picks, of 8 when the row is wide, else of 4. */
function pick(row: usize, swizzle: v128, isWide: bool): v128 {
  const low = i8x16.swizzle(v128.load(row), swizzle);
  if (!isWide) return low;
  // Out of range is 0: what is a byte of one half is none of the other.
  const high = i8x16.swizzle(v128.load(row, 16), i8x16.sub(swizzle, i8x16.splat(16)));
  return v128.or(low, high);
}

/** Decisions at three nodes. */
function decideThree(row: usize, block: usize, swizzle: v128, isWide: bool): i32 {
  return i32x4.bitmask(f32x4.gt(pick(row, swizzle, isWide), v128.load(block))) & 7;
}

function treeAt(forest: Forest, t: i32): Tree {
  return changetype<Tree>(forest.first + offsetof<Tree>() * (t as usize));
}

/** Exit of a block by which a row leaves it. */
function exitOf(row: usize, block: usize, isWide: bool): usize {
  const top = decideThree(row, block, v128.load(block, SWIZZLES), isWide);
  const bottom = i32x4.bitmask(
    f32x4.gt(pick(row, v128.load(block, SWIZZLES + 16), isWide), v128.load(block, 16)),
  );
  return load<u8>(exits + (top | (bottom << 3)));
}

/** Takes all walkers through their blocks. */
function descend(walkers: i32, rowBytes: usize, shift: usize, isWide: bool): void {
  let row = rows32;
  for (let i = 0; i < walkers; i++) {
    const place = places + (i << 2);
    const block = load<usize>(place);
    store<usize>(place, load<usize>(block, BELOW) + (exitOf(row, block, isWide) << shift));
    row += rowBytes;
  }
}

/** Path length of a row that stands in a last block. */
function lengthAt(lengths: usize, row: usize, block: usize, isWide: bool): f64 {
  const swizzle = v128.load(block, LAST_SWIZZLES);
  // Without the third level, the exit is twice the leaf's number: its place in bytes.
  const leaf = load<u8>(exits + decideThree(row, block, swizzle, isWide)) as usize;
  return load<f64>(lengths + ((load<u16>(block + leaf, LAST_LEAVES) as usize) << 3));
}

/** Takes all walkers from their first blocks, through a number of them, to their last ones. */
function descendAll(walkers: i32, rowBytes: usize, blocks: i32, isWide: bool): void {
  for (let left = blocks; left > 1; left--) descend(walkers, rowBytes, BLOCK_SHIFT, isWide);
  if (blocks > 0) descend(walkers, rowBytes, LAST_BLOCK_SHIFT, isWide);
}

/** Adds the path lengths of many rows, in tree order, to `sums`: all rows walk one tree. */
function addManyRows(forest: Forest, count: i32, sums: usize, isWide: bool): void {
  for (let t = 0; t < forest.trees; t++) {
    const tree = treeAt(forest, t);
    for (let i = 0; i < count; i++) store<usize>(places + (i << 2), tree.root);
    descendAll(count, ROW_BYTES, tree.blocks, isWide);
    let row = rows32;
    for (let i = 0; i < count; i++) {
      const length = lengthAt(forest.lengths, row, load<usize>(places + (i << 2)), isWide);
      store<f64>(sums + (i << 3), load<f64>(sums + (i << 3)) + length);
      row += ROW_BYTES;
    }
  }
}

/** Sum of the path lengths of one row, in tree order: it walks trees of one height together. */
function sumOneRow(forest: Forest, isWide: bool): f64 {
  let sum = 0.0;
  let first = 0;
  while (first < forest.trees) {
    const blocks = treeAt(forest, first).blocks;
    let walkers = 0;
    while (walkers < WALKERS && first + walkers < forest.trees) {
      const tree = treeAt(forest, first + walkers);
      if (tree.blocks != blocks) break;
      store<usize>(places + (walkers << 2), tree.root);
      walkers++;
    }
    descendAll(walkers, 0, blocks, isWide);
    for (let i = 0; i < walkers; i++) {
      sum += lengthAt(forest.lengths, rows32, load<usize>(places + (i << 2)), isWide);
    }
    first += walkers;
  }
  return sum;
}

/** Turns rows into float32. */
function narrow(rows: usize, count: i32, dims: i32): void {
  for (let i = 0; i < count; i++) {
    for (let d = 0; d < dims; d++) {
      store<f32>(rows32 + (i as usize) * ROW_BYTES + (d << 2), load<f64>(rows) as f32);
      rows += 8;
    }
  }
}

/**
 * Sums of the path lengths of many rows over all trees.
 *
 * @param rows f64, row after row
 * @param sums where they go, f64 a row
 */
export function sumPathLengths(
  address: usize,
  rows: usize,
  count: i32,
  dims: i32,
  sums: usize,
): void {
  const forest = changetype<Forest>(address);
  const isWide = dims > 4;
  if (count == 1) {
    narrow(rows, 1, dims);
    store<f64>(sums, isWide ? sumOneRow(forest, true) : sumOneRow(forest, false));
    return;
  }
  memory.fill(sums, 0, (count as usize) << 3);
  for (let done = 0; done < count; done += WALKERS) {
    const size = min(WALKERS, count - done);
    narrow(rows, size, dims);
    if (isWide) addManyRows(forest, size, sums, true);
    else addManyRows(forest, size, sums, false);
    rows += (size * dims) << 3;
    sums += size << 3;
  }
}

/**
 * Anomaly scores of many rows, scikit-learn's `score_samples`: -2^(-E[h] / c(max_samples)), from -1
 * (anomalous) to 0.
 *
 * @param rows f64, row after row
 * @param scores where they go, f64 a row
 */
export function scoreRows(address: usize, rows: usize, count: i32, dims: i32, scores: usize): void {
  const scale = changetype<Forest>(address).scale;
  sumPathLengths(address, rows, count, dims, scores);
  for (let i = 0; i < count; i++) {
    const depth = scale > 0.0 ? load<f64>(scores + (i << 3)) / scale : 1.0;
    store<f64>(scores + (i << 3), -NativeMath.pow(2.0, -depth));
  }
}
