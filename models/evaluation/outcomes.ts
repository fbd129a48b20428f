import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import { HORIZON, type Segment } from "./history.ts";

const CLOSE = FEATURE_INPUTS.indexOf("close");
const VOLUME = FEATURE_INPUTS.indexOf("volume");
const BASIS_POINTS = 1e4;

/** The market in the {@link HORIZON} minutes after each bar of some segments. */
export interface Outcomes {
  /** Root of the sum of squared one-minute log returns, basis points. */
  readonly volatility: Float64Array;
  /** |log return| from close to close, basis points. */
  readonly absoluteReturn: Float64Array;
  /** Base currency. */
  readonly volume: Float64Array;
}

/**
 * Measures the outcome of each bar. It does not look beyond the end of a segment: the values of a
 * segment's last {@link HORIZON} bars are NaN.
 *
 * @param bars Feature inputs of the history's bars.
 */
export function measureOutcomes(bars: Float64Array, segments: readonly Segment[]): Outcomes {
  const count = segments.reduce((sum, { length }) => sum + length, 0);
  const volatility = new Float64Array(count).fill(NaN);
  const absoluteReturn = new Float64Array(count).fill(NaN);
  const volume = new Float64Array(count).fill(NaN);
  const value = (bar: number, input: number) => bars[bar * FEATURE_INPUTS.length + input] ?? NaN;
  let offset = 0;
  for (const { first, length } of segments) {
    const logs = Float64Array.from({ length }, (_, t) => Math.log(value(first + t, CLOSE)));
    for (let t = 0; t + HORIZON < length; t++) {
      let squares = 0;
      let traded = 0;
      for (let i = t + 1; i <= t + HORIZON; i++) {
        squares += ((logs[i] ?? NaN) - (logs[i - 1] ?? NaN)) ** 2;
        traded += value(first + i, VOLUME);
      }
      volatility[offset + t] = BASIS_POINTS * Math.sqrt(squares);
      absoluteReturn[offset + t] = BASIS_POINTS *
        Math.abs((logs[t + HORIZON] ?? NaN) - (logs[t] ?? NaN));
      volume[offset + t] = traded;
    }
    offset += length;
  }
  return { volatility, absoluteReturn, volume };
}
