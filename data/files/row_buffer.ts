/** Rows of numbers, all of one width, one behind the other. It grows with its rows. */
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

  /** Adds a row. Missing numbers are NaN. */
  push(row: readonly number[]): void {
    const place = this.#extend();
    for (let i = 0; i < this.width; i++) this.#values[place + i] = row[i] ?? NaN;
  }

  /** Adds a row of another buffer of the same width. */
  pushFrom(source: RowBuffer, row: number): void {
    const place = this.#extend();
    for (let i = 0; i < this.width; i++) this.#values[place + i] = source.at(row, i);
  }

  /** Removes all rows; their memory is kept for further ones. */
  clear(): void {
    this.#length = 0;
  }

  /** Makes room for one more row, and returns its place. */
  #extend(): number {
    const place = this.#length * this.width;
    if (place === this.#values.length) {
      const grown = new Float64Array(place * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#length++;
    return place;
  }

  /** One number of a row; NaN beyond the end. */
  at(row: number, column: number): number {
    return this.#values[row * this.width + column] ?? NaN;
  }

  /** One column of the given rows, in their order. */
  column(column: number, rows: Uint32Array): Float64Array {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = this.at(rows[i] ?? 0, column);
    return values;
  }

  /** All rows in ascending order of a column; rows with the same value keep their order. */
  sortedBy(column: number): Uint32Array {
    const rows = Uint32Array.from({ length: this.#length }, (_, row) => row);
    const compare = (a: number, b: number) => this.at(a, column) - this.at(b, column);
    for (let row = 1; row < this.#length; row++) {
      if (compare(row - 1, row) > 0) return rows.sort((a, b) => compare(a, b) || a - b);
    }
    return rows;
  }

  /**
   * Selects one row for each value of a column.
   *
   * @param ordered Rows in ascending order of the column.
   * @param decide Called with each further row of a value: whether it is left out, or replaces the
   *   one that is selected.
   */
  firstOfEach(
    column: number,
    ordered: Uint32Array,
    decide: (selected: number, further: number) => "drop" | "replace",
  ): Uint32Array {
    const kept = new Uint32Array(ordered.length);
    let count = 0;
    for (const row of ordered) {
      const selected = count > 0 ? kept[count - 1] : undefined;
      if (selected === undefined || this.at(selected, column) !== this.at(row, column)) {
        kept[count++] = row;
      } else if (decide(selected, row) === "replace") {
        kept[count - 1] = row;
      }
    }
    return kept.slice(0, count);
  }
}
