import { createHash } from "node:crypto";
import { BAR_COLUMNS } from "../../core-wasm/core.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { Kline } from "../../data/schema/kline.ts";
import { findMinuteError } from "../../data/schema/sound.ts";

/** Bars of strictly contiguous minutes. */
export interface BarSequence {
  /** Open time of the first bar, ms UTC. */
  readonly start: number;
  /** open, high, low, close, volume; bar after bar. */
  readonly bars: Float64Array;
}

/** Number of bars in a sequence. */
export function barCount(sequence: BarSequence): number {
  return sequence.bars.length / BAR_COLUMNS;
}

/** Open time of the last bar of a sequence, ms UTC. */
export function lastTime(sequence: BarSequence): number {
  return sequence.start + (barCount(sequence) - 1) * MINUTE_MS;
}

/** The bars of all sequences, one after the other. */
export function joinBars(sequences: readonly BarSequence[]): Float64Array {
  const joined = new Float64Array(sequences.reduce((sum, { bars }) => sum + bars.length, 0));
  let place = 0;
  for (const { bars } of sequences) {
    joined.set(bars, place);
    place += bars.length;
  }
  return joined;
}

/**
 * Cuts history into sequences: a missing minute and the bars of another market end one. A file
 * that goes on where the file before it ended goes on with its sequence.
 */
export class SequenceCutter {
  readonly #done: BarSequence[] = [];
  #dropped = 0;
  #file = "";
  #symbol = "";
  /** Whether the next bar is the first of its file. */
  #atStart = false;
  #start = 0;
  /** Open time that goes on with the sequence; NaN when none is begun. */
  #next = NaN;
  #values: number[] = [];

  /** Number of bars left out: not later than the one before them, or in the file before theirs. */
  get dropped(): number {
    return this.#dropped;
  }

  /**
   * Starts a file.
   *
   * @param file Its name, for messages.
   * @param symbol The market that its bars are of.
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
   * @throws RangeError for a bar that is not sound.
   */
  add(bar: Kline): void {
    const error = findMinuteError(bar.open_time, bar);
    if (error !== undefined) {
      throw new RangeError(
        `${this.#file}: cannot use the bar ${bar.open_time} as ${error.what}`,
      );
    }
    // Files need not be in order of time.
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
    this.#values.push(bar.open, bar.high, bar.low, bar.close, bar.volume);
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
 * SHA-256 of history, whatever files it came in: of each sequence its start and its bars, as
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
