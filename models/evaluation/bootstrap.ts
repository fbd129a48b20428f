import { quantile } from "../../core-wasm/core.ts";
import { Random } from "./random.ts";
import type { Estimate } from "../artifact/walk_forward.ts";

/** Resamples of an interval. */
export const RESAMPLES = 1000;
/** Bars of a block: a day, which keeps the daily pattern and most volatility clusters together. */
export const BLOCK_BARS = 1440;

/** Rows cut into blocks. */
export interface Blocks {
  /** Block of each row. */
  readonly of: Int32Array;
  readonly count: number;
}

/**
 * Cuts sequences into blocks of contiguous rows. No block spans two sequences. The rest at the end
 * of a sequence is a block of its own from half a block on, else part of the previous block.
 *
 * @param lengths Rows of each sequence.
 * @param size Rows per block.
 */
export function cutBlocks(lengths: readonly number[], size = BLOCK_BARS): Blocks {
  const of = new Int32Array(lengths.reduce((sum, length) => sum + length, 0));
  let first = 0;
  let count = 0;
  for (const length of lengths) {
    const blocks = Math.max(length > 0 ? 1 : 0, Math.round(length / size));
    for (let t = 0; t < length; t++) {
      of[first + t] = count + Math.min(Math.floor(t / size), blocks - 1);
    }
    first += length;
    count += blocks;
  }
  return { of, count };
}

/** Sum of the values of each block, without NaN. */
export function sumBlocks(values: ArrayLike<number>, blocks: Blocks): Float64Array {
  const sums = new Float64Array(blocks.count);
  for (let t = 0; t < values.length; t++) {
    const value = values[t] ?? NaN;
    const block = blocks.of[t] ?? 0;
    if (!Number.isNaN(value)) sums[block] = (sums[block] ?? 0) + value;
  }
  return sums;
}

/**
 * Percentile intervals by resampling blocks with replacement (Carlstein 1986; Efron and Tibshirani
 * 1993, chapters 8 and 13). A statistic is a function of sums over rows, so that a resample costs
 * one addition per block. All statistics use the same resamples: differences are paired.
 */
export class BlockBootstrap {
  readonly #blocks: number;
  /** Drawn blocks, resample after resample. */
  readonly #draws: Int32Array;

  /**
   * @param blocks Number of blocks, from 1.
   * @param seed The same seed gives the same resamples.
   */
  constructor(blocks: number, seed: number, resamples = RESAMPLES) {
    const random = new Random(seed);
    this.#blocks = blocks;
    this.#draws = Int32Array.from({ length: blocks * resamples }, () => random.index(blocks));
  }

  /**
   * Estimates a statistic and its 95 % interval.
   *
   * @param columns Sums of each block, one column per quantity.
   * @param statistic Function of the columns' totals. Resamples without a finite result (a regime
   *   that does not occur) are ignored.
   * @returns null when the statistic of all rows is not finite.
   */
  estimate(
    columns: readonly Float64Array[],
    statistic: (totals: readonly number[]) => number,
  ): Estimate | null {
    const value = statistic(columns.map((column) => column.reduce((sum, x) => sum + x, 0)));
    if (!Number.isFinite(value)) return null;
    const values: number[] = [];
    for (let start = 0; start < this.#draws.length; start += this.#blocks) {
      const draw = this.#draws.subarray(start, start + this.#blocks);
      const drawn = statistic(columns.map((column) => {
        let sum = 0;
        for (let i = 0; i < draw.length; i++) sum += column[draw[i] ?? 0] ?? 0;
        return sum;
      }));
      if (Number.isFinite(drawn)) values.push(drawn);
    }
    const sorted = Float64Array.from(values).sort();
    return { value, low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) };
  }

  /**
   * Estimates a mean: the total of one column divided by that of another.
   *
   * @throws RangeError when it is not finite.
   */
  mean(columns: readonly [sums: Float64Array, counts: Float64Array]): Estimate {
    const found = this.estimate(columns, ([sum = NaN, count = NaN]) => sum / count);
    if (found !== null) return found;
    const [sums, counts] = columns.map((column) => column.reduce((sum, x) => sum + x, 0));
    throw new RangeError(
      `Cannot estimate a mean as it must be finite: its sum is ${sums}, its count ${counts}`,
    );
  }
}
