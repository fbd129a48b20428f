/** Who waits for the readers. */
interface Waiting {
  readonly row: number;
  readonly resolve: () => void;
}

/** How far each reader of a journal is. */
export class ReadPositions {
  /** The last row that each reader has done with. */
  readonly #rows = new Map<symbol, number>();
  #waiting: Waiting[] = [];

  /** A reader has done with the rows up to one. */
  set(reader: symbol, row: number): void {
    this.#rows.set(reader, row);
    this.#wake();
  }

  /** A reader reads no more. */
  delete(reader: symbol): void {
    this.#rows.delete(reader);
    this.#wake();
  }

  /** Resolves when all readers have done with a row. */
  reached(row: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ row, resolve });
    this.#wake();
    return promise;
  }

  #wake(): void {
    if (this.#waiting.length === 0) return;
    const slowest = Math.min(...this.#rows.values());
    for (const { row, resolve } of this.#waiting) if (row <= slowest) resolve();
    this.#waiting = this.#waiting.filter(({ row }) => row > slowest);
  }
}
