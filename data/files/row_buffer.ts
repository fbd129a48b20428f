/** Rows of numbers, all of one width, one behind the other; grows as they come. */
export class RowBuffer {
  readonly width: number;
  #values: Float64Array;
  #length = 0;

  constructor(width: number) {
    this.width = width;
    this.#values = new Float64Array(width * 1024);
  }

  /** Number of rows. */
  get length(): number {
    return this.#length;
  }

  /** Adds a row: numbers, NaN where there are too few, and behind them those of `ending`. */
  push(row: readonly number[], ...ending: readonly number[]): void {
    const place = this.#length * this.width;
    if (place === this.#values.length) {
      const grown = new Float64Array(place * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    const values = this.#values;
    const end = this.width - ending.length;
    for (let i = 0; i < end; i++) values[place + i] = row[i] ?? NaN;
    for (let i = 0; i < ending.length; i++) values[place + end + i] = ending[i] ?? NaN;
    this.#length++;
  }

  /** One number of a row; NaN beyond the end. */
  at(row: number, column: number): number {
    return this.#values[row * this.width + column] ?? NaN;
  }

  /** One column of the rows that are named, in their order. */
  column(column: number, rows: Uint32Array): Float64Array {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = this.at(rows[i] ?? 0, column);
    return values;
  }
}
