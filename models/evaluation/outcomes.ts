import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import type { Segment } from "./history.ts";
import { HORIZON } from "./horizon.ts";

const CLOSE = 3;
const VOLUME = 4;
const BASIS_POINTS = 1e4;

/** What the {@link HORIZON} minutes after each bar of some segments brought. */
export interface Outcomes {
  /** Root of the sum of squared one-minute log returns, basis points. */
  readonly volatility: Float64Array;
  /** |log return| from close to close, basis points. */
  readonly absoluteReturn: Float64Array;
  /** Base currency traded. */
  readonly volume: Float64Array;
}

/**
 * Measures what came after each bar. A segment knows nothing of what is behind its end: the values
 * of its last {@link HORIZON} bars are NaN.
 *
 * @param bars Bars of the history, in the core's columns.
 */
export function measureOutcomes(bars: Float64Array, segments: readonly Segment[]): Outcomes {
  const count = segments.reduce((sum, { length }) => sum + length, 0);
  const volatility = new Float64Array(count).fill(NaN);
  const absoluteReturn = new Float64Array(count).fill(NaN);
  const volume = new Float64Array(count).fill(NaN);
  const value = (bar: number, column: number) => bars[bar * FEATURE_INPUTS.length + column] ?? NaN;
  let place = 0;
  for (const { first, length } of segments) {
    const logs = Float64Array.from({ length }, (_, t) => Math.log(value(first + t, CLOSE)));
    for (let t = 0; t + HORIZON < length; t++) {
      let squares = 0;
      let traded = 0;
      for (let i = t + 1; i <= t + HORIZON; i++) {
        squares += ((logs[i] ?? NaN) - (logs[i - 1] ?? NaN)) ** 2;
        traded += value(first + i, VOLUME);
      }
      volatility[place + t] = BASIS_POINTS * Math.sqrt(squares);
      absoluteReturn[place + t] = BASIS_POINTS *
        Math.abs((logs[t + HORIZON] ?? NaN) - (logs[t] ?? NaN));
      volume[place + t] = traded;
    }
    place += length;
  }
  return { volatility, absoluteReturn, volume };
}
