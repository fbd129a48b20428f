import type { DatabaseSync, SQLOutputValue, StatementSync } from "node:sqlite";
import type { Bar } from "../../../data/schema/bar.ts";
import { parseBar } from "../../../data/schema/parse.ts";
import type { Checkpoint, RecordKind } from "../event_log.ts";
import type { BarVolumes, RecordQuery } from "../record_store.ts";
import { checksumOf } from "./checksum.ts";

type Row = Readonly<Record<string, SQLOutputValue>>;

/** A row of the journal. */
export interface JournalRow {
  /** Its number, from 1. */
  readonly number: number;
  readonly kind: RecordKind;
  readonly symbol: string;
  readonly timestamp: number;
  readonly json: string;
}

function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot read the journal as ${column} must be text: it is ${typeof value}`);
}

function number(row: Row, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new TypeError(`Cannot read the journal as ${column} must be a number: it is ${value}`);
}

function journalRow(row: Row): JournalRow {
  const kind = text(row, "kind");
  if (kind !== "bar" && kind !== "signal") {
    throw new TypeError(`Cannot read the journal as kind must be bar or signal: it is ${kind}`);
  }
  return {
    number: number(row, "id"),
    kind,
    symbol: text(row, "symbol"),
    timestamp: number(row, "timestamp"),
    json: text(row, "json"),
  };
}

/** Reads a journal over a connection of its own. */
export class JournalReader {
  readonly #database: DatabaseSync;
  readonly #after: StatementSync;
  readonly #bars: StatementSync;
  readonly #volumes: StatementSync;
  readonly #lastTime: StatementSync;
  readonly #checkpoints: StatementSync;

  /** @param database Closed by {@linkcode close}. */
  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#after = database.prepare("SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?");
    this.#bars = database.prepare(
      "SELECT json FROM events WHERE kind = 'bar' AND symbol = ? AND timestamp BETWEEN ? AND ? " +
        "ORDER BY timestamp",
    );
    // As text: SQLite does not promise to read a decimal to the nearest double.
    this.#volumes = database.prepare(
      "SELECT timestamp, json -> 'volume' AS volume, " +
        "json -> 'taker_buy_volume' AS bought, json -> 'taker_sell_volume' AS sold " +
        "FROM events WHERE kind = 'bar' AND symbol = ? AND timestamp BETWEEN ? AND ? " +
        "ORDER BY timestamp",
    );
    this.#lastTime = database.prepare(
      "SELECT max(timestamp) AS last FROM events WHERE kind = ? AND symbol = ?",
    );
    this.#checkpoints = database.prepare(
      "SELECT * FROM checkpoints WHERE symbol = ? ORDER BY timestamp DESC",
    );
  }

  /** Random text that tells this journal from every other one. */
  get token(): string {
    return text(this.#database.prepare("SELECT token FROM identity").get() ?? {}, "token");
  }

  /** Number of the last row; 0 when there is none. */
  get last(): number {
    const row = this.#database.prepare("SELECT max(id) AS last FROM events").get();
    return typeof row?.["last"] === "number" ? row["last"] : 0;
  }

  /** The rows after one, in order. */
  after(row: number, limit: number): readonly JournalRow[] {
    return this.#after.all(row, limit).map(journalRow);
  }

  /** See {@linkcode RecordStore.query}. */
  query(query: RecordQuery): readonly string[] {
    const where = ["kind = ?", "timestamp BETWEEN ? AND ?"];
    const values: (string | number)[] = [
      query.kind,
      query.from ?? 0,
      query.to ?? Number.MAX_SAFE_INTEGER,
    ];
    if (query.symbol !== undefined) {
      where.push("symbol = ?");
      values.push(query.symbol);
    }
    const rows = this.#database.prepare(
      `SELECT json FROM events WHERE ${
        where.join(" AND ")
      } ORDER BY timestamp DESC, id DESC LIMIT ?`,
    ).all(...values, query.limit);
    return rows.map((row) => text(row, "json")).reverse();
  }

  /** See {@linkcode RecordStore.bars}. */
  *bars(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<Bar> {
    for (const row of this.#bars.all(symbol, from, to)) {
      yield parseBar(text(row, "json"));
    }
  }

  /** See {@linkcode RecordStore.volumes}. */
  *volumes(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<BarVolumes> {
    for (const row of this.#volumes.all(symbol, from, to)) {
      const timestamp = number(row, "timestamp");
      const volume = Number(text(row, "volume"));
      const { bought, sold } = row;
      yield bought === null || sold === null ? { timestamp, volume } : {
        timestamp,
        volume,
        taker_buy_volume: Number(text(row, "bought")),
        taker_sell_volume: Number(text(row, "sold")),
      };
    }
  }

  /** See {@linkcode RecordStore.lastTime}. */
  lastTime(kind: RecordKind, symbol: string): number | undefined {
    const row = this.#lastTime.get(kind, symbol);
    return typeof row?.["last"] === "number" ? row["last"] : undefined;
  }

  /** See {@linkcode RecordStore.checkpoint}. */
  checkpoint(symbol: string): Checkpoint | undefined {
    for (const row of this.#checkpoints.all(symbol)) {
      const { state } = row;
      const models = text(row, "models");
      const timestamp = number(row, "timestamp");
      if (!(state instanceof Uint8Array)) continue;
      if (row["checksum"] !== checksumOf(symbol, models, timestamp, state)) continue;
      return { symbol, models, timestamp, state };
    }
    return undefined;
  }

  close(): void {
    this.#database.close();
  }
}
