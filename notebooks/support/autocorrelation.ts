/** Autocorrelation of a series at one lag. */
export interface LagCorrelation {
  readonly series: string;
  /** Minutes. */
  readonly lag: number;
  /** Pearson's, -1 to 1. */
  readonly correlation: number;
}

/** Integer lags evenly spaced on a log scale, from 1 to `max`. */
export function logLags(max: number, count: number): readonly number[] {
  const lags = Array.from({ length: count }, (_, i) => Math.round(max ** (i / (count - 1))));
  return [...new Set(lags)];
}

/**
 * Autocorrelation of a series. Pairs with NaN and pairs across a gap of `minutes` are left out.
 *
 * @param minutes The minute of each value, ascending.
 */
export function autocorrelate(
  series: string,
  values: Float64Array,
  minutes: Float64Array,
  lags: readonly number[],
): readonly LagCorrelation[] {
  const known = values.filter((x) => !Number.isNaN(x));
  const mean = known.reduce((sum, x) => sum + x, 0) / known.length;
  const variance = known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length;
  return lags.map((lag) => {
    let [sum, pairs] = [0, 0];
    for (let t = lag; t < values.length; t++) {
      if ((minutes[t] ?? NaN) - (minutes[t - lag] ?? NaN) !== lag) continue;
      const product = ((values[t] ?? NaN) - mean) * ((values[t - lag] ?? NaN) - mean);
      if (Number.isNaN(product)) continue;
      sum += product;
      pairs++;
    }
    return { series, lag, correlation: sum / pairs / variance };
  });
}
