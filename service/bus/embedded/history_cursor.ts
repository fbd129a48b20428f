import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { HistoryQuery } from "../record_store.ts";
import { GzipBlocks } from "./gzip_blocks.ts";
import { JsonTable } from "./json_table.ts";

/** A block has so many rows at most, and about so many bytes. */
const BLOCK_ROWS = 500;
const BLOCK_BYTES = 64 << 10;

/** The first block is short, so that it comes soon. */
const FIRST_ROWS = 32;

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
  readonly #gzip: GzipBlocks | undefined;
  /** Undefined for JSON. */
  readonly #table: JsonTable | undefined;
  #after: Key;
  readonly #until: Key | undefined;
  #left: number;
  /** Rows that fit into a block, by those of the one before. */
  #fitting = FIRST_ROWS;
  #begun = false;

  /** @throws Error when the journal cannot be read. */
  constructor(database: DatabaseSync, query: HistoryQuery) {
    const { symbol, limit } = query;
    this.#database = database;
    this.#query = query;
    this.#where = `kind = ? AND timestamp BETWEEN ? AND ?${symbol ? " AND symbol = ?" : ""}`;
    this.#gzip = query.gzip ? new GzipBlocks() : undefined;
    this.#table = query.columns && new JsonTable(query.columns);
    this.#left = limit;
    this.#until = this.#fromEnd(0);
    const first = this.#fromEnd(limit - 1);
    this.#after = first ? { ...first, id: first.id - 1 } : { timestamp: -1, id: -1 };
  }

  /** Makes the next block. */
  next(): HistoryBlock {
    if (this.#table !== undefined && !this.#begun) this.#scan(this.#table);
    const rows = this.#read();
    const done = this.#left === 0;
    const text = this.#table === undefined
      ? this.#toJson(rows, done)
      : this.#toCsv(rows, this.#table);
    this.#begun = true;
    const bytes = encoder.encode(text);
    return { bytes: this.#gzip?.add(bytes, done) ?? bytes, done };
  }

  /** The key of the n-th record from the end, from 0. */
  #fromEnd(n: number): Key | undefined {
    const row = this.#database.prepare(
      `SELECT timestamp, id, '' AS json FROM events WHERE ${this.#where} ` +
        "ORDER BY timestamp DESC, id DESC LIMIT 1 OFFSET ?",
    ).get(...this.#between(this.#query.from ?? 0, this.#query.to ?? Number.MAX_SAFE_INTEGER), n);
    return row && rowOf(row);
  }

  /** What {@linkcode #where} compares with. */
  #between(from: number, to: number): readonly SQLInputValue[] {
    const { kind, symbol } = this.#query;
    return [kind, from, to, ...(symbol ? [symbol] : [])];
  }

  /** The rows behind a key, of those that there were when the answer began. */
  #rowsAfter(after: Key, limit: number): readonly Row[] {
    if (this.#until === undefined) return [];
    const { timestamp, id } = this.#until;
    // The index is entered by the time alone; a comparison of pairs would scan it from its start.
    return this.#database.prepare(
      `SELECT timestamp, id, json FROM events WHERE ${this.#where} ` +
        "AND (timestamp, id) > (?, ?) AND (timestamp, id) <= (?, ?) " +
        "ORDER BY timestamp, id LIMIT ?",
    ).all(...this.#between(after.timestamp, timestamp), after.timestamp, after.id, timestamp, id, limit)
      .map(rowOf);
  }

  /** The rows of the next block. */
  #read(): readonly Row[] {
    const rows = this.#rowsAfter(this.#after, Math.min(this.#fitting, this.#left));
    const length = rows.reduce((sum, { json }) => sum + json.length, 0);
    this.#fitting = Math.min(BLOCK_ROWS, Math.ceil(BLOCK_BYTES * rows.length / (length + 1)));
    this.#after = rows.at(-1) ?? this.#after;
    this.#left = rows.length === 0 ? 0 : this.#left - rows.length;
    return rows;
  }

  /** Finds the columns of the whole answer, which its first line names. */
  #scan(table: JsonTable): void {
    let after = this.#after;
    let left = this.#left;
    while (left > 0) {
      const rows = this.#rowsAfter(after, Math.min(BLOCK_ROWS, left));
      for (const { json } of rows) table.scan(json);
      left = rows.length === 0 ? 0 : left - rows.length;
      after = rows.at(-1) ?? after;
    }
  }

  #toJson(rows: readonly Row[], done: boolean): string {
    const text = rows.map(({ json }) => json).join(",\n");
    const separator = this.#begun && text !== "" ? ",\n" : "";
    return `${this.#begun ? separator : "["}${text}${done ? "]" : ""}`;
  }

  #toCsv(rows: readonly Row[], table: JsonTable): string {
    const header = this.#begun ? [] : [table.header()];
    const lines = rows.map(({ json }) => table.line(json));
    return [...header, ...lines].map((line) => `${line}\n`).join("");
  }
}
