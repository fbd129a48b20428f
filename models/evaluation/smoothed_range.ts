import { FEATURE_INPUTS } from "../../core-wasm/core.ts";

const OPEN = FEATURE_INPUTS.indexOf("open");
const HIGH = FEATURE_INPUTS.indexOf("high");
const LOW = FEATURE_INPUTS.indexOf("low");
/** Half-life of the smoothing, bars: the best of 5, 10, 15 and 20. */
const HALF_LIFE = 10;
/** Keeps the log of a zero range finite. */
const FLOOR = 1e-5;
/** A smaller deviation of the block means is rounding error. */
const MIN_SCALE = 1e-9;

/** Bars of a block, whose mean is one value of the prior window: four hours. */
const BLOCK = 240;
/** Blocks in the prior window: a week. */
const BLOCKS = 42;
/** Minimum blocks, three days: the deviation of fewer blocks may be close to zero. */
const LEAST_BLOCKS = 18;
/** Bars of a sequence before its range is standardized. */
export const RANGE_WARM_UP = LEAST_BLOCKS * BLOCK;

/** The smoothed range of each bar, the input of the threshold baselines. */
export interface SmoothedRange {
  /** Exponentially weighted mean of the log range; each sequence starts with its first value. */
  readonly plain: Float64Array;
  /** The same, standardized by the means of the week before; 0 for the first {@link RANGE_WARM_UP} bars. */
  readonly standardized: Float64Array;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standardizes one sequence's values by the means of the previous blocks, in place. */
function standardize(values: Float64Array): void {
  const means: number[] = [];
  let [location, scale, sum] = [0, 1, 0];
  for (let t = 0; t < values.length; t++) {
    const value = values[t] ?? NaN;
    values[t] = means.length >= LEAST_BLOCKS ? (value - location) / scale : 0;
    sum += value;
    if ((t + 1) % BLOCK !== 0) continue;
    means.push(sum / BLOCK);
    if (means.length > BLOCKS) means.shift();
    sum = 0;
    location = mean(means);
    const deviation = Math.sqrt(mean(means.map((value) => (value - location) ** 2)));
    scale = deviation > MIN_SCALE ? deviation : 1;
  }
}

/**
 * Smooths the log range of bars, causally.
 *
 * @param bars The {@link FEATURE_INPUTS} of each bar.
 * @param lengths Bars of each sequence.
 */
export function smoothRange(bars: Float64Array, lengths: readonly number[]): SmoothedRange {
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
    standardize(standardized.subarray(first, first + length));
    first += length;
  }
  return { plain, standardized };
}
