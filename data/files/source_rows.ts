import { type Fault, FaultLog } from "./row_errors.ts";
import { excerpt, type OnRead, type Place, readLines } from "./lines.ts";
import { RowBuffer } from "./row_buffer.ts";

/** A row's numbers, or the fault for which it must be left out. */
export type Parsed<Kind extends string> = readonly number[] | { kind: Kind; what: string };

/** How the rows of a kind of file are understood. */
export interface RowFormat<Kind extends string> {
  /** Place of the row's time among its fields. */
  timeField(fields: readonly string[]): number;
  /** @throws SyntaxError for a header of something else. */
  checkHeader(fields: string[], place: Place): void;
  /**
   * @param fields What a row says.
   * @param columns Columns of the file's first row: a row with fewer was cut off.
   */
  parse(fields: readonly string[], columns: number): Parsed<Kind>;
}

/** Rows of one market as they were read, in the order of the files; nothing repaired. */
export class SourceRows<Kind extends string> {
  readonly symbol: string;
  readonly market: string;
  readonly files: string[] = [];
  readonly faults = new FaultLog<Kind>();
  /** The numbers of each row, and behind them its file and its line. */
  readonly rows: RowBuffer;
  /** Rows seen, those included that could not be understood. */
  read = 0;
  /** Rows of which the times were in microseconds. */
  microseconds = 0;
  readonly #width: number;

  /** @param width Numbers in a row. */
  constructor(symbol: string, market: string, width: number) {
    this.symbol = symbol;
    this.market = market;
    this.#width = width;
    this.rows = new RowBuffer(width + 2);
  }

  /** Starts a file; what is added from now on is of it. */
  startFile(path: string): void {
    this.files.push(path);
  }

  /** Adds a row of the present file, or the fault for which it is left out; missing is NaN. */
  add(row: Parsed<Kind>, line: number): void {
    this.read++;
    if ("kind" in row) {
      this.faults.add(row.kind, { file: this.files.at(-1) ?? "", line, what: row.what });
      return;
    }
    this.rows.push(row, this.files.length - 1, line);
  }

  /** Place of a row's file among the files. */
  file(row: number): number {
    return this.rows.at(row, this.#width);
  }

  /** How many rows have less in a column than the row before them in their file. */
  outOfOrder(column: number): number {
    let count = 0;
    for (let row = 1; row < this.rows.length; row++) {
      const isLess = this.rows.at(row, column) < this.rows.at(row - 1, column);
      if (isLess && this.file(row) === this.file(row - 1)) count++;
    }
    return count;
  }

  /** A fault of a row that was added. */
  fault(row: number, what: string): Fault {
    const line = this.rows.at(row, this.#width + 1);
    return { file: this.files[this.file(row)] ?? "", line, what };
  }
}

const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

/** A number of a row, or what is wrong with it. */
export function parseField(
  text: string | undefined,
  column: string,
): number | { kind: "unreadable" | "not_finite"; what: string } {
  const value = Number(text);
  // An empty field would count as 0.
  if (Number.isFinite(value) && (value !== 0 || text?.trim() !== "")) return value;
  const infinite = NOT_FINITE.test(text?.trim() ?? "") || Math.abs(value) === Infinity;
  const what = `${column} must be a number: it is ${excerpt(text)}`;
  return { kind: infinite ? "not_finite" : "unreadable", what };
}

/** Whether a time is in microseconds, as Binance's spot files have it from 2025 on. */
export function isMicroseconds(time: number): boolean {
  return time >= 1e14;
}

/** Milliseconds UTC of a time in ms or us, a fraction included; NaN for what is neither. */
export function toMilliseconds(time: number): number {
  const ms = isMicroseconds(time) ? time / 1000 : time;
  return ms >= 1e12 && ms < 1e14 ? ms : NaN;
}

/**
 * Reads a Binance file, whatever may be wrong with single rows: those that cannot be understood
 * are left out and named.
 *
 * @param path CSV, plain, `.gz` or `.zip`, with or without header.
 * @throws SyntaxError when the header or every row is of something else.
 * @throws Error naming the file when it cannot be read or unpacked.
 */
export async function readRows<Kind extends string>(
  path: string,
  format: RowFormat<Kind>,
  into: SourceRows<Kind>,
  onRead?: OnRead,
): Promise<void> {
  into.startFile(path);
  const before = into.rows.length;
  let line = 0;
  let columns = 0;
  let firstFault: string | undefined;
  for await (const lines of readLines(path, onRead)) {
    for (const text of lines) {
      line++;
      const fields = text.split(",");
      if (line === 1 && !/^\d/.test(text)) {
        format.checkHeader(fields, { path, line });
        continue;
      }
      columns ||= fields.length;
      const row = format.parse(fields, columns);
      into.add(row, line);
      if (isMicroseconds(Number(fields[format.timeField(fields)]))) into.microseconds++;
      if ("kind" in row) firstFault ??= `${path}:${line}: ${row.what}`;
    }
  }
  if (into.rows.length === before && firstFault !== undefined) throw new SyntaxError(firstFault);
}
