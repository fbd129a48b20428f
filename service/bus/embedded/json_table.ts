import { csvLine, flatten } from "../../../data/files/csv.ts";

/**
 * A plain value behind its name, in JSON without blanks. A text with an escaped quote is cut in two,
 * which only makes its record a shape of its own.
 */
const VALUE = /:(?:"[^"]*"|[^,{}"[\]]+)/g;

/** Where the values of records of one shape belong. */
interface Shape {
  readonly names: readonly string[];
  /** Whether each value of the text is a cell, in the same order. */
  readonly plain: boolean;
  /** Whether all names are columns, so that no value need be looked at. */
  known: boolean;
  /** For each column, the index of its value; filled when the columns are known. */
  cells: readonly number[] | undefined;
}

/** A cell as CSV, from a value as JSON with a colon before it. */
function cellOf(value: string | undefined): string {
  if (value === undefined || value === ":null") return "";
  if (value[1] !== '"') return value.slice(1);
  const text = value.slice(2, -1);
  return /[\\,\r\n]/.test(text) ? csvLine([String(JSON.parse(value.slice(1)))]) : text;
}

/**
 * A table of records that are JSON, as text. Records of one shape, which are nearly all, are taken
 * apart once: the text of a number in JSON is its text in the table.
 */
export class JsonTable {
  readonly #columns: Set<string>;
  readonly #shapes = new Map<string, Shape>();

  /** @param first Columns that are there in any case. */
  constructor(first: readonly string[]) {
    this.#columns = new Set(first);
  }

  /**
   * Adds the columns of which a record has a value and the table has none yet; before the first
   * line. A name that is only ever null may stand for a group of columns, and has none.
   */
  scan(json: string): void {
    const shape = this.#shapeOf(json);
    if (shape.known) return;
    for (const [name, value] of flatten(JSON.parse(json))) {
      if (value !== null) this.#columns.add(name);
    }
    shape.known = shape.names.every((name) => this.#columns.has(name));
  }

  /** The line of the columns' names, without its end. */
  header(): string {
    return csvLine([...this.#columns]);
  }

  /** The line of a record, without its end. */
  line(json: string): string {
    const shape = this.#shapeOf(json);
    if (!shape.plain) {
      const cells = new Map(flatten(JSON.parse(json)));
      return csvLine([...this.#columns].map((name) => cells.get(name)));
    }
    const values = json.match(VALUE) ?? [];
    shape.cells ??= [...this.#columns].map((name) => shape.names.indexOf(name));
    return shape.cells.map((index) => cellOf(values[index])).join(",");
  }

  #shapeOf(json: string): Shape {
    const text = json.replace(VALUE, ":");
    const known = this.#shapes.get(text);
    if (known !== undefined) return known;
    const record: unknown = JSON.parse(json);
    const names = flatten(record).map(([name]) => name);
    // Parsing moves keys that are integers to the front: the text may have them elsewhere.
    const plain = json.match(VALUE)?.length === names.length && !json.includes('\\"') &&
      JSON.stringify(record).replace(VALUE, ":") === text;
    const shape: Shape = { names, plain, known: false, cells: undefined };
    // A shape that a text makes is not met again.
    if (plain) this.#shapes.set(text, shape);
    return shape;
  }
}
