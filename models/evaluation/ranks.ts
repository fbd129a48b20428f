/**
 * Ranks scaled to (0, 1): (rank - 1/2) / n. Equal values share the mean of their ranks.
 *
 * @param values Values without NaN.
 */
export function scaledRanks(values: Float64Array): Float64Array {
  const order = new Uint32Array(values.length).map((_, i) => i);
  order.sort((a, b) => (values[a] ?? NaN) - (values[b] ?? NaN));
  const ranks = new Float64Array(values.length);
  for (let first = 0; first < order.length;) {
    const value = values[order[first] ?? 0];
    let end = first + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (let i = first; i < end; i++) ranks[order[i] ?? 0] = (first + end) / 2 / order.length;
    first = end;
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
