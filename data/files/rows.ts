import { excerpt } from "../common/errors.ts";
import { isMicroseconds, toMilliseconds } from "../schema/time.ts";
import { Fields } from "./fields.ts";
import { type OnRead, readLines } from "./lines.ts";
import { type RowErrorLog, RowFault } from "./row_errors.ts";

/** How the rows of a kind of file are read. */
export interface RowFormat<Row extends object> {
  /** What the rows are, for messages: "klines". */
  readonly noun: string;
  /** The first columns of a header, in lower case; the later ones differ between files. */
  isHeader(names: readonly string[]): boolean;
  /** What a header must be, for messages. */
  readonly header: string;
  /** Index of the time among a row's fields. */
  timeField(fields: Fields): number;
  /**
   * Reads a row, and decides whether it is sound.
   *
   * @param columns Number of columns that the file's header or first sound row has; a row with
   *   fewer was cut off.
   */
  parse(fields: Fields, columns: number): Row | RowFault;
}

/** Sound rows that follow one another in a file. */
export interface RowChunk<Row> {
  /** The path, followed by the entry's name in an archive of several files. */
  readonly file: string;
  readonly rows: readonly Row[];
  /** 1-based line of each row in that file. */
  readonly lines: readonly number[];
  /** How many of the rows have their times in microseconds. */
  readonly microseconds: number;
}

const LF = 10;
const CR = 13;

/** The rows of one file, and of its entries when it is an archive. */
class FileReader<Row extends object> {
  readonly #path: string;
  readonly #format: RowFormat<Row>;
  readonly #errors: RowErrorLog;
  /** The text being read, its line, and the number of columns in it; 0 before it is known. */
  #file = "";
  #line = 0;
  #columns = 0;
  #rows = 0;
  #unusable = 0;
  #microseconds = 0;
  readonly #fields = new Fields();
  #first: string | undefined;

  constructor(path: string, format: RowFormat<Row>, errors: RowErrorLog) {
    this.#path = path;
    this.#format = format;
    this.#errors = errors;
  }

  read(file: string, bytes: Uint8Array): RowChunk<Row> {
    if (file !== this.#file) {
      this.#file = file;
      this.#line = 0;
      this.#columns = 0;
      this.#fields.skipped = 0;
    }
    this.#microseconds = 0;
    const rows: Row[] = [];
    const lines: number[] = [];
    for (let start = 0; start < bytes.length;) {
      this.#line++;
      const end = this.#fields.read(bytes, start);
      const row = end > start ? this.#parse() : undefined;
      start = end + (bytes[end] === CR && bytes[end + 1] === LF ? 2 : 1);
      if (row === undefined) continue;
      this.#rows++;
      this.#errors.rows++;
      if (row instanceof RowFault) {
        this.#reject(row);
      } else {
        rows.push(row);
        lines.push(this.#line);
      }
    }
    return { file, rows, lines, microseconds: this.#microseconds };
  }

  #reject(fault: RowFault): void {
    this.#errors.add(fault, this.#file, this.#line);
    this.#unusable++;
    this.#first ??= `${this.#file}:${this.#line}: ${fault.what}`;
  }

  /** @returns undefined for the header of the file. */
  #parse(): Row | RowFault | undefined {
    const fields = this.#fields;
    if (Number.isNaN(fields.number(0))) {
      const names = fields.texts().map((name) => name.trim().toLowerCase());
      const skipped = INDEX.test(names[0] ?? "") && this.#format.isHeader(names.slice(1)) ? 1 : 0;
      if (skipped === 1 || this.#format.isHeader(names)) {
        if (this.#columns > 0) return new RowFault("unreadable", "a header must be the first line");
        fields.skipped = skipped;
        this.#columns = names.length - skipped;
        return undefined;
      }
      if (this.#line === 1 && Number.isNaN(parseIsoTime(names[0]))) {
        throw this.#foreignHeader(fields.texts());
      }
    }
    const row = this.#format.parse(fields, this.#columns || fields.length);
    if (row instanceof RowFault) return row;
    this.#columns ||= fields.length;
    if (isMicroseconds(fields.number(this.#format.timeField(fields)))) this.#microseconds++;
    return row;
  }

  #foreignHeader(names: readonly string[]): SyntaxError {
    return new SyntaxError(
      `Cannot use ${this.#file} as its header must be ${this.#format.header}: ` +
        `current value is ${excerpt(names.join(","))}`,
    );
  }

  /** Refuses a file of which most cannot be used: it is something else, or badly damaged. */
  end(): void {
    const { noun } = this.#format;
    if (this.#rows === 0) {
      throw new SyntaxError(`Cannot use ${this.#path} as it must hold ${noun}: it has no rows`);
    }
    if (this.#unusable * 2 <= this.#rows) return;
    const total = this.#rows.toLocaleString("en-US");
    const unusable = this.#unusable === this.#rows
      ? `none of ${total} can be used`
      : `${this.#unusable.toLocaleString("en-US")} of ${total} cannot be used`;
    throw new SyntaxError(
      `Cannot use ${this.#path} as at least half of its rows must be ${noun}: ` +
        `${unusable}, the first being ${this.#first}`,
    );
  }
}

/**
 * Reads a history file in the order of its rows. Rows that cannot be used are left out and recorded;
 * nothing is sorted or repaired, and a row that is there twice comes twice.
 *
 * @param path CSV, plain, gzip or zip, with or without a header; its fields may be quoted.
 * @param errors Receives the rows that were left out.
 * @throws SyntaxError when the header is of something else, when there is no row, or when more than
 *   half of the rows cannot be used, after the usable ones.
 * @throws Error naming the file when it cannot be read or unpacked.
 */
export async function* readRows<Row extends object>(
  path: string,
  format: RowFormat<Row>,
  errors: RowErrorLog,
  onRead?: OnRead,
): AsyncGenerator<RowChunk<Row>> {
  const reader = new FileReader(path, format, errors);
  for await (const { file, bytes } of readLines(path, onRead)) {
    const chunk = reader.read(file, bytes);
    if (chunk.rows.length > 0) yield chunk;
  }
  reader.end();
}

/** What pandas calls the column of its index. */
const INDEX = /^(?:|index|unnamed: ?0)$/;

/** A time that says how far it is from UTC, as `2024-01-01T00:00:00Z` or `2024-01-01 00:00:00+00:00`. */
const ISO_TIME =
  /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?:[Zz]|([+-]\d\d):?(\d\d))$/;

/** Reads a time with an offset, ms UTC; NaN for any other text. */
function parseIsoTime(text = ""): number {
  const [, day, time, hours = "+00", minutes = "00"] = ISO_TIME.exec(text.trim()) ?? [];
  return day === undefined ? NaN : Date.parse(`${day}T${time}${hours}:${minutes}`);
}

const NOT_FINITE = /^[+-]?(?:nan|inf|infinity)$/i;

/** Reads the number in a field. */
export function parseNumber(fields: Fields, index: number, column: string): number | RowFault {
  const value = fields.number(index);
  if (Number.isFinite(value)) return value;
  const text = fields.text(index);
  const infinite = NOT_FINITE.test(text?.trim() ?? "") || Math.abs(value) === Infinity;
  const what = `${column} must be a number: current value is ${excerpt(text)}`;
  return new RowFault(infinite ? "not_finite" : "unreadable", what);
}

/**
 * Reads the time in a field: milliseconds, with a fraction where the file has microseconds. A date
 * without an offset is refused: it may be in any time zone.
 */
export function parseTime(fields: Fields, index: number, column: string): number | RowFault {
  const number = fields.number(index);
  const text = fields.text(index);
  const time = toMilliseconds(Number.isNaN(number) ? parseIsoTime(text) : number);
  if (!Number.isNaN(time)) return time;
  const given = excerpt(text);
  return new RowFault(
    "unreadable",
    `${column} must be in ms or us, from 2017 on, or a date with Z or an offset: current value is ${given}`,
  );
}
