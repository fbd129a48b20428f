/** Number of sorted values below one, or of those not above it. */
function boundary(sorted: Float64Array, value: number, isUpper: boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = sorted[middle] ?? NaN;
    if (other < value || (isUpper && other === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Ranks scaled to (0, 1): (rank - 1/2) / n. Equal values share the mean of their ranks.
 *
 * @param values Values without NaN.
 */
export function scaledRanks(values: Float64Array): Float64Array {
  const sorted = values.slice().sort();
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? NaN;
    const [first, end] = [boundary(sorted, value, false), boundary(sorted, value, true)];
    ranks[i] = (first + end) / 2 / values.length;
  }
  return ranks;
}

/**
 * Pearson's correlation from totals over rows: n, x, y, x^2, y^2, x y. Of ranks it is Spearman's.
 * NaN when a variable is constant.
 */
export function correlation(
  [n = NaN, x = NaN, y = NaN, xx = NaN, yy = NaN, xy = NaN]: readonly number[],
): number {
  const [varianceX, varianceY] = [xx - x * x / n, yy - y * y / n];
  // A smaller variance is rounding error.
  if (!(varianceX > 1e-9 * n && varianceY > 1e-9 * n)) return NaN;
  return (xy - x * y / n) / Math.sqrt(varianceX * varianceY);
}
