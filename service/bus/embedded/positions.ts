/** The rows of a journal that one run of the service has written, up to those of the next run. */
export interface Epoch {
  /** Random text in the positions of its rows. */
  readonly token: string;
  /** Its rows come after this one. */
  readonly after: number;
}

/** Makes the epoch of a run that begins behind a row. */
export function newEpoch(after: number): Epoch {
  const bytes = crypto.getRandomValues(new Uint8Array(4));
  return { token: bytes.toHex(), after };
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

  /**
   * @param name Stands before every position.
   * @param epochs Of all runs, this one's last; at least one.
   */
  constructor(name: string, epochs: readonly Epoch[]) {
    this.#name = name;
    this.#epochs = epochs;
  }

  /** The position of a row; 0 is the place before the first. */
  of(row: number): string {
    const epoch = this.#epochs.findLast(({ after }) => after < row) ?? this.#epochs[0];
    return `${this.#name}-${epoch?.token}:${row}`;
  }

  /**
   * The row of a position.
   *
   * @param last The journal's last row.
   * @returns undefined for what is no position of this journal, or behind its end.
   */
  rowOf(position: string, last: number): number | undefined {
    const row = Number(/:(0|[1-9]\d*)$/.exec(position)?.[1]);
    return row <= last && this.of(row) === position ? row : undefined;
  }
}
