import { MINUTE_MS } from "../../data/schema/time.ts";

/** Whether there is a bar of each of the next minutes. */
function isUnbroken(times: Float64Array, t: number, minutes: number): boolean {
  return (times[t + minutes] ?? NaN) - (times[t] ?? NaN) === minutes * MINUTE_MS;
}

/**
 * Realized volatility of the next minutes: root of the sum of squared one-minute log returns, basis
 * points; NaN unless there is a bar of each.
 *
 * @param times Open times, ms UTC, ascending.
 */
export function realizedAfter(
  times: Float64Array,
  opens: Float64Array,
  closes: Float64Array,
  minutes: number,
): Float64Array {
  const squares = closes.map((close, t) => {
    const before = isUnbroken(times, t - 1, 1) ? closes[t - 1] : opens[t];
    return Math.log(close / (before ?? NaN)) ** 2;
  });
  return times.map((_, t) => {
    if (!isUnbroken(times, t, minutes)) return NaN;
    let sum = 0;
    for (let i = t + 1; i <= t + minutes; i++) sum += squares[i] ?? NaN;
    return 1e4 * Math.sqrt(sum);
  });
}

/** Log return over the next minutes, basis points; NaN unless there is a bar of each. */
export function returnsAfter(
  times: Float64Array,
  closes: Float64Array,
  minutes: number,
): Float64Array {
  return closes.map((close, t) =>
    isUnbroken(times, t, minutes) ? 1e4 * Math.log((closes[t + minutes] ?? NaN) / close) : NaN
  );
}
