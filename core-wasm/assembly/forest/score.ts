/**
 * Isolation Forest scoring with scikit-learn's semantics: features are float32, a sample goes left
 * when `x <= threshold`, and a leaf's path length is its depth plus the average path length of its
 * samples (sklearn/ensemble/_iforest.py, `_compute_score_samples`).
 */
import { Forest } from "./forest";
import { Cells } from "./cells";
import { sumByCells } from "./lookup";
import { sumByWalk } from "./walk";

/**
 * Sums of the path lengths of many rows over all trees.
 *
 * @param rows f64, row after row
 * @param sums output, an f64 per row
 */
export function sumPathLengths(
  address: usize,
  rows: usize,
  count: i32,
  dims: i32,
  sums: usize,
): void {
  const forest = changetype<Forest>(address);
  if (forest.cells == 0) sumByWalk(forest, rows, count, dims, sums);
  else sumByCells(changetype<Cells>(forest.cells), rows, count, dims, sums);
}

/**
 * Anomaly scores of many rows, scikit-learn's `score_samples`: -2^(-E[h] / c(max_samples)), from -1
 * (anomalous) to 0.
 *
 * @param rows f64, row after row
 * @param scores output, an f64 per row
 */
export function scoreRows(address: usize, rows: usize, count: i32, dims: i32, scores: usize): void {
  const scale = changetype<Forest>(address).scale;
  sumPathLengths(address, rows, count, dims, scores);
  for (let i = 0; i < count; i++) {
    const depth = scale > 0.0 ? load<f64>(scores + (i << 3)) / scale : 1.0;
    store<f64>(scores + (i << 3), -NativeMath.pow(2.0, -depth));
  }
}
