import { FEATURE_INPUTS, type LiquidityFeatures } from "../../core-wasm/core.ts";

const OPEN = 0;
const HIGH = 1;
const LOW = 2;
/** Half-life of the smoothing, bars: of 5, 10, 15 and 20 it did best. */
const HALF_LIFE = 10;
/** Keeps the log of a bar without range finite. */
const FLOOR = 1e-5;
/** Blocks that deviate less are equal but for rounding. */
const LEAST_SCALE = 1e-9;

/** The range of each bar as a plain threshold on it would see it: the baseline of all models. */
export interface SmoothedRange {
  /** Exponentially weighted mean of the log range, afresh in each sequence. */
  readonly plain: Float64Array;
  /** The same against the prior window of the liquidity preset; 0 while that is too short. */
  readonly standardized: Float64Array;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Measures one sequence's values against the means of the blocks before, in place. */
function standardize(values: Float64Array, windows: LiquidityFeatures["windows"]): void {
  const { block, blocks, least_blocks } = windows;
  const means: number[] = [];
  let [location, scale, sum] = [0, 1, 0];
  for (let t = 0; t < values.length; t++) {
    const value = values[t] ?? NaN;
    values[t] = means.length >= least_blocks ? (value - location) / scale : 0;
    sum += value;
    if ((t + 1) % block !== 0) continue;
    means.push(sum / block);
    if (means.length > blocks) means.shift();
    sum = 0;
    location = mean(means);
    const deviation = Math.sqrt(mean(means.map((value) => (value - location) ** 2)));
    scale = deviation > LEAST_SCALE ? deviation : 1;
  }
}

/**
 * Smooths the log range of bars, causally.
 *
 * @param bars {@link FEATURE_INPUTS} numbers a bar.
 * @param lengths Bars of each sequence.
 */
export function smoothRange(
  bars: Float64Array,
  lengths: readonly number[],
  windows: LiquidityFeatures["windows"],
): SmoothedRange {
  const weight = 1 - 0.5 ** (1 / HALF_LIFE);
  const value = (t: number, column: number) => bars[t * FEATURE_INPUTS.length + column] ?? NaN;
  const plain = new Float64Array(bars.length / FEATURE_INPUTS.length);
  const standardized = new Float64Array(plain.length);
  let first = 0;
  for (const length of lengths) {
    let level = NaN;
    for (let t = first; t < first + length; t++) {
      const range = Math.log((value(t, HIGH) - value(t, LOW)) / value(t, OPEN) + FLOOR);
      level = t === first ? range : level + weight * (range - level);
      plain[t] = level;
    }
    standardized.set(plain.subarray(first, first + length), first);
    standardize(standardized.subarray(first, first + length), windows);
    first += length;
  }
  return { plain, standardized };
}
