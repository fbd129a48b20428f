import { FEWEST_FORECASTS } from "../../../data/schema/live.ts";
import { WEEK_HOURS } from "./hour_sums.ts";

/** A share that is none has no logarithm: it counts as one in ten thousand. */
const LEAST_SHARE = 1e-4;
/** Share of the training between two deciles. */
const TENTH = 0.1;

/** The bins between an input's deciles, and the share of the training in each. */
export interface Bins {
  /** A value above the i-th border and at most the next one is in bin i + 1. */
  readonly borders: readonly number[];
  readonly expected: readonly number[];
}

/**
 * The bins of an input. Deciles that are equal, as of an input that is 0 half of the time, make one
 * bin; where the last ones are equal, so does what is above them.
 *
 * @param deciles The nine of the training, ascending.
 */
export function binsOf(deciles: readonly number[]): Bins {
  const borders: number[] = [];
  const expected: number[] = [];
  for (const [i, decile] of deciles.entries()) {
    const tied = decile === borders.at(-1);
    if (!tied) borders.push(decile);
    const bin = borders.length - 1;
    expected[bin] = (expected[bin] ?? 0) + TENTH;
    if (i === deciles.length - 1 && tied) {
      borders.pop();
      expected[bin] = (expected[bin] ?? 0) + TENTH;
    } else if (i === deciles.length - 1) {
      expected.push(TENTH);
    }
  }
  return { borders, expected };
}

/**
 * Population stability index: sum of (a - e) ln(a / e) over the bins, with the shares a seen and e
 * expected. Below 0.1 the usual rule sees no shift, above 0.25 a large one.
 */
export function stabilityIndex(counts: readonly number[], expected: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return expected.reduce((sum, share, bin) => {
    const seen = Math.max(LEAST_SHARE, (counts[bin] ?? 0) / total);
    return sum + (seen - share) * Math.log(seen / share);
  }, 0);
}

/** How far each input of the last week is from its training: a histogram an hour, and their sum. */
export class InputDrift {
  readonly #bins: readonly Bins[];
  /** Where the bins of each input begin. */
  readonly #first: readonly number[];
  readonly #width: number;
  /** An hour has 60 minutes, so that a byte is enough. */
  readonly #hours: Uint8Array;
  readonly #totals: Int32Array;
  #hour = -Infinity;

  /** @param deciles The nine of each input in training, in the order of the inputs. */
  constructor(deciles: readonly (readonly number[])[]) {
    this.#bins = deciles.map(binsOf);
    let width = 0;
    this.#first = this.#bins.map(({ expected }) => (width += expected.length) - expected.length);
    this.#width = width;
    this.#hours = new Uint8Array(WEEK_HOURS * width);
    this.#totals = new Int32Array(width);
  }

  /**
   * Takes the inputs of the next minute.
   *
   * @param hour Hours since 1970, not before the last one.
   */
  push(hour: number, inputs: Float64Array): void {
    this.#advance(hour);
    const row = (hour % WEEK_HOURS) * this.#width;
    for (const [i, { borders }] of this.#bins.entries()) {
      const value = inputs[i] ?? NaN;
      let bin = 0;
      while (bin < borders.length && value > (borders[bin] ?? NaN)) bin++;
      const at = (this.#first[i] ?? 0) + bin;
      this.#hours[row + at] = (this.#hours[row + at] ?? 0) + 1;
      this.#totals[at] = (this.#totals[at] ?? 0) + 1;
    }
  }

  /** The stability index of each input; null while too few minutes were seen. */
  indices(): readonly (number | null)[] {
    return this.#bins.map(({ expected }, i) => {
      const first = this.#first[i] ?? 0;
      const counts = [...this.#totals.subarray(first, first + expected.length)];
      const seen = counts.reduce((sum, count) => sum + count, 0);
      return seen < FEWEST_FORECASTS ? null : stabilityIndex(counts, expected);
    });
  }

  /** Lets hours that are older than a week fall out. */
  #advance(hour: number): void {
    for (let next = Math.max(this.#hour + 1, hour - WEEK_HOURS + 1); next <= hour; next++) {
      const row = (next % WEEK_HOURS) * this.#width;
      for (let at = 0; at < this.#width; at++) {
        this.#totals[at] = (this.#totals[at] ?? 0) - (this.#hours[row + at] ?? 0);
        this.#hours[row + at] = 0;
      }
    }
    this.#hour = hour;
  }
}
