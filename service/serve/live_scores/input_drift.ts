import { FULL_WEEK_MINUTES, WEEK_HOURS } from "./hour_sums.ts";

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

/**
 * How far each input of the last 168 full hours is from its training: a histogram an hour, and their
 * sum. What it says changes with the hour, so that asking costs nothing.
 */
export class InputDrift {
  readonly #bins: readonly Bins[];
  /** Where the bins of each input begin. */
  readonly #first: readonly number[];
  readonly #width: number;
  /** The full hours. An hour has 60 minutes, so that a byte is enough. */
  readonly #hours: Uint8Array;
  readonly #totals: Int32Array;
  readonly #running: Uint8Array;
  #hour = NaN;
  #indices: readonly (number | null)[];

  /** @param deciles The nine of each input in training, in the order of the inputs. */
  constructor(deciles: readonly (readonly number[])[]) {
    this.#bins = deciles.map(binsOf);
    let width = 0;
    this.#first = this.#bins.map(({ expected }) => (width += expected.length) - expected.length);
    this.#width = width;
    this.#hours = new Uint8Array(WEEK_HOURS * width);
    this.#totals = new Int32Array(width);
    this.#running = new Uint8Array(width);
    this.#indices = deciles.map(() => null);
  }

  /**
   * The stability index of each input; null until a week is full: what is usual of an index is
   * known of weeks, and shorter samples of slow inputs are far from the training by chance.
   */
  get indices(): readonly (number | null)[] {
    return this.#indices;
  }

  /**
   * Takes the inputs of the next minute.
   *
   * @param hour Hours since 1970, not before the last one.
   */
  push(hour: number, inputs: Float64Array): void {
    if (hour !== this.#hour) this.#advance(hour);
    for (const [i, { borders }] of this.#bins.entries()) {
      const value = inputs[i] ?? NaN;
      let bin = 0;
      while (bin < borders.length && value > (borders[bin] ?? NaN)) bin++;
      const at = (this.#first[i] ?? 0) + bin;
      this.#running[at] = (this.#running[at] ?? 0) + 1;
    }
  }

  /** Moves the running hour into the week; hours without bars count as empty. */
  #advance(hour: number): void {
    const missed = Math.min(hour - this.#hour, WEEK_HOURS);
    for (let full = hour - missed; full < hour; full++) {
      const row = (full % WEEK_HOURS) * this.#width;
      for (let at = 0; at < this.#width; at++) {
        const count = full === this.#hour ? this.#running[at] ?? 0 : 0;
        this.#totals[at] = (this.#totals[at] ?? 0) + count - (this.#hours[row + at] ?? 0);
        this.#hours[row + at] = count;
      }
    }
    this.#running.fill(0);
    this.#hour = hour;
    this.#indices = this.#bins.map((bins, i) => this.#indexOf(bins, this.#first[i] ?? 0));
  }

  #indexOf({ expected }: Bins, first: number): number | null {
    const counts = [...this.#totals.subarray(first, first + expected.length)];
    const seen = counts.reduce((sum, count) => sum + count, 0);
    return seen < FULL_WEEK_MINUTES ? null : stabilityIndex(counts, expected);
  }
}
