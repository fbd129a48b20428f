import type { JournalRow } from "./journal_row.ts";

/** Rows kept; some minutes of a few hundred markets. */
const CAPACITY = 4096;

/** The last rows of a journal in memory, so that those who are up to date need not read the file. */
export class LogTail {
  #rows: JournalRow[] = [];
  /** Every row after this one is in memory. */
  #start: number;

  /** @param last The journal's last row. */
  constructor(last: number) {
    this.#start = last;
  }

  /** Number of the last row. */
  get last(): number {
    return this.#rows.at(-1)?.number ?? this.#start;
  }

  /** Adds rows that are durable, in order. */
  push(rows: readonly JournalRow[]): void {
    this.#rows.push(...rows);
    const surplus = this.#rows.length - CAPACITY;
    // In strides: shifting the array with each row would cost more than it holds.
    if (surplus < CAPACITY) return;
    this.#start = this.#rows[surplus - 1]?.number ?? this.#start;
    this.#rows = this.#rows.slice(surplus);
  }

  /** The rows after one, in order; undefined when some of them are not in memory. */
  after(row: number, limit: number): readonly JournalRow[] | undefined {
    if (row < this.#start) return undefined;
    let low = 0;
    let high = this.#rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle]?.number ?? Infinity) <= row) low = middle + 1;
      else high = middle;
    }
    return this.#rows.slice(low, low + limit);
  }
}
