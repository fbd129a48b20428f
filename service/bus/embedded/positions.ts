/** The rows of a journal that one run of the service has written, up to those of the next run. */
export interface Epoch {
  /** Random text in the positions of its rows. */
  readonly token: string;
  /** Its rows come after this one. */
  readonly after: number;
}

/** Makes the epoch of a run that begins behind a row. */
export function newEpoch(after: number): Epoch {
  return { token: crypto.getRandomValues(new Uint8Array(4)).toHex(), after };
}

/**
 * Names the rows of a journal for those who read it: `binance-084c7728:1001`.
 *
 * The rows of each run have a token of their own, which is written in the run's first commit. So a
 * position never names another record: not when the last rows are lost (a write-ahead log that was
 * deleted, a disk that lied) and their numbers given again, nor when a journal was copied and both
 * copies went on.
 */
export class Positions {
  readonly #name: string;
  /** In the order of their rows. */
  readonly #epochs: readonly Epoch[];
  /** Place in that order by token. */
  readonly #places: ReadonlyMap<string, number>;

  /**
   * @param name Stands before every position.
   * @param epochs Of all runs, this one's last; at least one.
   */
  constructor(name: string, epochs: readonly Epoch[]) {
    this.#name = name;
    this.#epochs = epochs;
    this.#places = new Map(epochs.map(({ token }, place) => [`${name}-${token}`, place]));
  }

  /** The position of a row; 0 is the place before the first. */
  of(row: number): string {
    return `${this.#name}-${this.#epochOf(row)?.token}:${row}`;
  }

  /**
   * The row of a position. Rows before a run are the same with its token as with their own.
   *
   * @param last The journal's last row.
   * @returns undefined for what is no position of this journal, or behind its end.
   */
  rowOf(position: string, last: number): number | undefined {
    const [, name = "", digits] = /^(.*):(0|[1-9]\d*)$/.exec(position) ?? [];
    const place = this.#places.get(name);
    if (place === undefined) return undefined;
    const row = Number(digits);
    // What a run wrote behind the beginning of the next one is lost.
    return row <= (this.#epochs[place + 1]?.after ?? last) ? row : undefined;
  }

  /** The last epoch that begins before a row, or the first one. */
  #epochOf(row: number): Epoch | undefined {
    let low = 0;
    let high = this.#epochs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#epochs[middle]?.after ?? Infinity) < row) low = middle + 1;
      else high = middle;
    }
    return this.#epochs[Math.max(0, low - 1)];
  }
}
