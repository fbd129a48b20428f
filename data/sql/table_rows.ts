import type { Column } from "../schema/columns.ts";

/** Values of a column: NaN where a number or a flag is missing, null where a text is. */
export type ColumnValues = Float64Array | readonly (string | null)[];

/** Columns of a table by name, all of one length. */
export type ColumnData = Readonly<Record<string, ColumnValues>>;

/** Rows of a table, kept as columns; flags are 0 and 1. */
export class TableRows {
  readonly #columns: readonly Column[];
  readonly #texts = new Map<string, (string | null)[]>();
  readonly #numbers = new Map<string, number[]>();

  constructor(columns: readonly Column[]) {
    this.#columns = columns;
    for (const { name, kind } of columns) {
      if (kind === "text") this.#texts.set(name, []);
      else this.#numbers.set(name, []);
    }
  }

  /** Adds a row: the record's values by column. What is no column is left out. */
  add(record: Readonly<Record<string, unknown>>): void {
    for (const { name } of this.#columns) {
      const value = record[name];
      this.#texts.get(name)?.push(typeof value === "string" ? value : null);
      this.#numbers.get(name)?.push(
        typeof value === "number" || typeof value === "boolean" ? Number(value) : NaN,
      );
    }
  }

  /** The rows so far. */
  get data(): ColumnData {
    return Object.fromEntries<ColumnValues>([
      ...this.#texts,
      ...Array.from(
        this.#numbers,
        ([name, values]) => [name, Float64Array.from(values)] as const,
      ),
    ]);
  }
}
