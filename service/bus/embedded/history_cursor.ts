import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { HistoryQuery } from "../record_store.ts";
import { GzipBlocks } from "./gzip_blocks.ts";
import { readEvent, readJson, type SqlRow } from "./journal_row.ts";
import { JsonTable } from "./json_table.ts";
import { readableRows } from "./salvage.ts";
import { isDamage } from "./storage_error.ts";

/** A block has so many rows at most, and about so many bytes. */
const BLOCK_ROWS = 500;
const BLOCK_BYTES = 32 << 10;

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

/** Whether one key comes before another. */
function isBefore(a: Key, b: Key): boolean {
  return a.timestamp < b.timestamp || (a.timestamp === b.timestamp && a.id < b.id);
}

function keyOf({ timestamp, id }: SqlRow): Key {
  if (typeof timestamp === "number" && typeof id === "number") return { timestamp, id };
  throw new TypeError("Cannot read the journal as the keys of its rows must be numbers");
}

/**
 * An answer that is made block by block. Each block is a query of its own that continues behind the
 * last key, so nothing is held open in the journal while a client is slow. What is damaged is passed
 * over.
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
  /** Whether a record was given. */
  #some = false;
  /** What can be read, in order, once a damaged page was met. */
  #salvaged: readonly Row[] | undefined;
  readonly #onDamage: () => void;

  /**
   * @param onDamage Called each time that something cannot be read.
   * @throws Error when the journal cannot be read.
   */
  constructor(database: DatabaseSync, query: HistoryQuery, onDamage: () => void) {
    const { symbol, limit, from = 0 } = query;
    this.#database = database;
    this.#onDamage = onDamage;
    this.#query = query;
    this.#where = `kind = ? AND timestamp BETWEEN ? AND ?${symbol ? " AND symbol = ?" : ""}`;
    this.#gzip = query.gzip ? new GzipBlocks() : undefined;
    this.#table = query.columns && new JsonTable(query.columns);
    this.#left = limit;
    this.#until = this.#fromEnd(0);
    const first = this.#fromEnd(limit - 1);
    // Where fewer match than are allowed, all from the first time on; ids are positive.
    this.#after = first ? { ...first, id: first.id - 1 } : { timestamp: from, id: -1 };
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
    const { from = 0, to = Number.MAX_SAFE_INTEGER } = this.#query;
    return this.#try(
      () => {
        const row = this.#database.prepare(
          `SELECT timestamp, id FROM events WHERE ${this.#where} ` +
            "ORDER BY timestamp DESC, id DESC LIMIT 1 OFFSET ?",
        ).get(...this.#between(from, to), n);
        return row && keyOf(row);
      },
      (rows) => rows.at(-1 - n),
    );
  }

  /** What {@linkcode #where} compares with. */
  #between(from: number, to: number): readonly SQLInputValue[] {
    const { kind, symbol } = this.#query;
    return [kind, from, to, ...(symbol ? [symbol] : [])];
  }

  /** The rows behind a key, of those that there were when the answer began. */
  #rowsAfter(after: Key, limit: number): readonly Row[] {
    const until = this.#until;
    if (until === undefined) return [];
    return this.#try(
      // The index is entered by the time alone; a comparison of pairs would scan it from its start.
      () =>
        this.#database.prepare(
          `SELECT timestamp, id, json, checksum FROM events WHERE ${this.#where} ` +
            "AND (timestamp, id) > (?, ?) AND (timestamp, id) <= (?, ?) " +
            "ORDER BY timestamp, id LIMIT ?",
        ).all(
          ...this.#between(after.timestamp, until.timestamp),
          ...[after.timestamp, after.id, until.timestamp, until.id, limit],
        ).map((row) => ({ ...keyOf(row), json: this.#sound(row) })),
      (rows) => rows.filter((row) => isBefore(after, row) && !isBefore(until, row)).slice(0, limit),
    );
  }

  /** The record of a row; empty when it is damaged. */
  #sound(row: SqlRow): string {
    const json = readJson(row);
    if (json === undefined) this.#onDamage();
    return json ?? "";
  }

  /** Reads, or, once that has met a damaged page, takes from what can be read. */
  #try<T>(read: () => T, take: (rows: readonly Row[]) => T): T {
    if (this.#salvaged === undefined) {
      try {
        return read();
      } catch (error) {
        if (!isDamage(error)) throw error;
        this.#onDamage();
      }
    }
    return take(this.#salvaged ??= this.#salvage());
  }

  #salvage(): readonly Row[] {
    const { kind, symbol, from = 0, to = Number.MAX_SAFE_INTEGER } = this.#query;
    const rows: Row[] = [];
    for (const each of readableRows(this.#database, "events")) {
      const event = readEvent(each);
      if (event === undefined || event.kind !== kind) continue;
      const { number: id, timestamp, json } = event;
      const wanted = symbol === undefined || event.symbol === symbol;
      if (wanted && timestamp >= from && timestamp <= to) rows.push({ timestamp, id, json });
    }
    return rows.sort((a, b) => isBefore(a, b) ? -1 : 1);
  }

  /** The rows of the next block. */
  #read(): readonly Row[] {
    const rows = this.#rowsAfter(this.#after, Math.min(this.#fitting, this.#left));
    const length = rows.reduce((sum, { json }) => sum + json.length, 0);
    this.#fitting = Math.min(BLOCK_ROWS, Math.ceil(BLOCK_BYTES * rows.length / (length + 1)));
    this.#after = rows.at(-1) ?? this.#after;
    this.#left = rows.length === 0 ? 0 : this.#left - rows.length;
    return rows.filter(({ json }) => json !== "");
  }

  /** Finds the columns of the whole answer, which its first line names. */
  #scan(table: JsonTable): void {
    let after = this.#after;
    let left = this.#left;
    while (left > 0) {
      const rows = this.#rowsAfter(after, Math.min(BLOCK_ROWS, left));
      for (const { json } of rows) if (json !== "") table.scan(json);
      left = rows.length === 0 ? 0 : left - rows.length;
      after = rows.at(-1) ?? after;
    }
  }

  #toJson(rows: readonly Row[], done: boolean): string {
    const text = rows.map(({ json }) => json).join(",\n");
    const separator = this.#some && text !== "" ? ",\n" : "";
    this.#some ||= text !== "";
    return `${this.#begun ? "" : "["}${separator}${text}${done ? "]" : ""}`;
  }

  #toCsv(rows: readonly Row[], table: JsonTable): string {
    const header = this.#begun ? [] : [table.header()];
    const lines = rows.map(({ json }) => table.line(json));
    return [...header, ...lines].map((line) => `${line}\n`).join("");
  }
}
