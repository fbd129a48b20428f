import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { csvLine, flatten } from "../../../data/files/csv.ts";
import type { HistoryQuery } from "../record_store.ts";
import { GzipBlocks } from "./gzip_blocks.ts";

/** A block has so many rows at most, and about so many bytes. */
const BLOCK_ROWS = 500;
const BLOCK_BYTES = 256 << 10;

/** A part of an answer. */
export interface HistoryBlock {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Whether it is the last one. */
  readonly done: boolean;
}

/** A place in the order of an answer: by time, then by row. */
interface Key {
  readonly timestamp: number;
  readonly id: number;
}

interface Row extends Key {
  readonly json: string;
}

const encoder = new TextEncoder();

function rowOf({ timestamp, id, json }: Readonly<Record<string, unknown>>): Row {
  if (typeof timestamp === "number" && typeof id === "number" && typeof json === "string") {
    return { timestamp, id, json };
  }
  throw new TypeError("Cannot read the journal as its rows must be numbers and text");
}

/**
 * An answer that is made block by block. Each block is a query of its own that continues behind the
 * last key, so nothing is held open in the journal while a client is slow.
 */
export class HistoryCursor {
  readonly #database: DatabaseSync;
  readonly #query: HistoryQuery;
  readonly #where: string;
  readonly #values: readonly SQLInputValue[];
  readonly #gzip: GzipBlocks | undefined;
  /** The columns of a table; undefined for JSON, and before they are known. */
  #columns: readonly string[] | undefined;
  #after: Key;
  readonly #until: Key | undefined;
  #left: number;
  #begun = false;

  /** @throws Error when the journal cannot be read. */
  constructor(database: DatabaseSync, query: HistoryQuery) {
    const { kind, symbol, from = 0, to = Number.MAX_SAFE_INTEGER, limit } = query;
    this.#database = database;
    this.#query = query;
    this.#where = `kind = ? AND timestamp BETWEEN ? AND ?${symbol ? " AND symbol = ?" : ""}`;
    this.#values = [kind, from, to, ...(symbol ? [symbol] : [])];
    this.#gzip = query.gzip ? new GzipBlocks() : undefined;
    this.#left = limit;
    this.#until = this.#fromEnd(0);
    const first = this.#fromEnd(limit - 1);
    this.#after = first ? { ...first, id: first.id - 1 } : { timestamp: -1, id: -1 };
  }

  /** Makes the next block. */
  next(): HistoryBlock {
    if (this.#query.columns !== undefined) this.#columns ??= this.#findColumns(this.#query.columns);
    const rows = this.#read();
    const done = this.#left === 0;
    const text = this.#columns === undefined
      ? this.#toJson(rows, done)
      : this.#toCsv(rows, this.#columns);
    this.#begun = true;
    const bytes = encoder.encode(text);
    return { bytes: this.#gzip?.add(bytes, done) ?? bytes, done };
  }

  /** The key of the n-th record from the end, from 0. */
  #fromEnd(n: number): Key | undefined {
    const row = this.#database.prepare(
      `SELECT timestamp, id, '' AS json FROM events WHERE ${this.#where} ` +
        "ORDER BY timestamp DESC, id DESC LIMIT 1 OFFSET ?",
    ).get(...this.#values, n);
    return row && rowOf(row);
  }

  /** The rows behind a key, of those that there were when the answer began. */
  #rowsAfter(after: Key, limit: number): readonly Row[] {
    if (this.#until === undefined) return [];
    const { timestamp, id } = this.#until;
    return this.#database.prepare(
      `SELECT timestamp, id, json FROM events WHERE ${this.#where} ` +
        "AND (timestamp, id) > (?, ?) AND (timestamp, id) <= (?, ?) " +
        "ORDER BY timestamp, id LIMIT ?",
    ).all(...this.#values, after.timestamp, after.id, timestamp, id, limit).map(rowOf);
  }

  /** The rows of the next block. */
  #read(): readonly Row[] {
    const rows = this.#rowsAfter(this.#after, Math.min(BLOCK_ROWS, this.#left));
    let bytes = 0;
    let count = 0;
    while (count < rows.length && bytes < BLOCK_BYTES) bytes += rows[count++]?.json.length ?? 0;
    const taken = rows.slice(0, count);
    this.#after = taken.at(-1) ?? this.#after;
    this.#left = rows.length === 0 ? 0 : this.#left - count;
    return taken;
  }

  /** The columns that are there in any case, and those that occur beside them. */
  #findColumns(first: readonly string[]): readonly string[] {
    const columns = new Set(first);
    let after = this.#after;
    let left = this.#left;
    while (left > 0) {
      const rows = this.#rowsAfter(after, Math.min(BLOCK_ROWS, left));
      for (const { json } of rows) {
        for (const [name] of flatten(JSON.parse(json))) columns.add(name);
      }
      left = rows.length === 0 ? 0 : left - rows.length;
      after = rows.at(-1) ?? after;
    }
    return [...columns];
  }

  #toJson(rows: readonly Row[], done: boolean): string {
    const text = rows.map(({ json }) => json).join(",\n");
    const separator = this.#begun && text !== "" ? ",\n" : "";
    return `${this.#begun ? separator : "["}${text}${done ? "]" : ""}`;
  }

  #toCsv(rows: readonly Row[], columns: readonly string[]): string {
    const lines = rows.map(({ json }) => {
      const cells = new Map(flatten(JSON.parse(json)));
      return csvLine(columns.map((column) => cells.get(column)));
    });
    const header = this.#begun ? [] : [csvLine(columns)];
    return [...header, ...lines].map((line) => `${line}\n`).join("");
  }
}
