import { createHash } from "node:crypto";
import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Kline } from "../../data/schema/kline.ts";
import { findMinuteError } from "../../data/schema/sound.ts";

/** Bars of contiguous minutes. */
export interface BarSequence {
  /** Open time of the first bar, ms UTC. */
  readonly start: number;
  /** The core's feature inputs, bar after bar. */
  readonly bars: Float64Array;
}

/** Number of bars in a sequence. */
export function barCount(sequence: BarSequence): number {
  return sequence.bars.length / FEATURE_INPUTS.length;
}

/** Open time of the last bar of a sequence, ms UTC. */
export function lastTime(sequence: BarSequence): number {
  return sequence.start + (barCount(sequence) - 1) * MINUTE_MS;
}

/** The bars of all sequences, one after the other. */
export function joinBars(sequences: readonly BarSequence[]): Float64Array {
  const joined = new Float64Array(sequences.reduce((sum, { bars }) => sum + bars.length, 0));
  let offset = 0;
  for (const { bars } of sequences) {
    joined.set(bars, offset);
    offset += bars.length;
  }
  return joined;
}

/**
 * Cuts history into sequences. A gap or another market ends a sequence; a file that starts where the
 * previous one ended continues its sequence.
 */
export class SequenceCutter {
  readonly #done: BarSequence[] = [];
  #dropped = 0;
  #file = "";
  #symbol = "";
  /** Whether the next bar is the first of its file. */
  #atStart = false;
  #start = 0;
  /** Open time that continues the sequence; NaN when there is no open sequence. */
  #next = NaN;
  #values: number[] = [];

  /** Number of dropped bars: duplicates, bars out of order and overlaps with the previous file. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Starts a file.
   *
   * @param file Name of the file, for messages.
   * @param symbol Market of its bars.
   */
  startFile(file: string, symbol: string): void {
    if (symbol !== this.#symbol) this.#end();
    this.#file = file;
    this.#symbol = symbol;
    this.#atStart = true;
  }

  /**
   * Adds the next bar of the file.
   *
   * @throws RangeError for an invalid bar.
   */
  add(bar: Kline): void {
    const error = findMinuteError(bar.open_time, bar);
    if (error !== undefined) {
      throw new RangeError(
        `${this.#file}: cannot use the bar ${bar.open_time} as ${error.what}`,
      );
    }
    // Files may be in any order.
    if (this.#atStart && bar.open_time < this.#start) this.#end();
    this.#atStart = false;
    if (bar.open_time < this.#next) {
      this.#dropped++;
      return;
    }
    if (bar.open_time !== this.#next) {
      this.#end();
      this.#start = bar.open_time;
    }
    for (const name of FEATURE_INPUTS) this.#values.push(bar[name]);
    this.#next = bar.open_time + MINUTE_MS;
  }

  /** All sequences, in the order in which they were added. */
  finish(): readonly BarSequence[] {
    this.#end();
    return this.#done;
  }

  #end(): void {
    if (this.#values.length > 0) {
      this.#done.push({ start: this.#start, bars: Float64Array.from(this.#values) });
    }
    this.#values = [];
    this.#next = NaN;
  }
}

/**
 * SHA-256 of history, independent of its files: the start and the bars of each sequence, as
 * little-endian f64.
 */
export function hashSequences(sequences: readonly BarSequence[]): string {
  const hash = createHash("sha256");
  for (const { start, bars } of sequences) {
    const bytes = new DataView(new ArrayBuffer(8 * (bars.length + 1)));
    bytes.setFloat64(0, start, true);
    bars.forEach((value, i) => bytes.setFloat64(8 * (i + 1), value, true));
    hash.update(bytes);
  }
  return hash.digest("hex");
}
