import { mkdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { DatabaseSync, type SQLOutputValue, type StatementSync } from "node:sqlite";
import type { Bar } from "../../../data/schema/bar.ts";
import { parseBar } from "../../../data/schema/parse.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type {
  Bus,
  BusEvent,
  Checkpoint,
  CheckpointStore,
  EventPage,
  RecordKind,
  RecordQuery,
} from "../bus.ts";

const SCHEMA = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('bar', 'signal')),
  symbol TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  json TEXT NOT NULL,
  UNIQUE (kind, symbol, timestamp)
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_time ON events (kind, timestamp);
CREATE TABLE IF NOT EXISTS identity (token TEXT NOT NULL) STRICT;
INSERT INTO identity SELECT lower(hex(randomblob(4))) WHERE NOT EXISTS (SELECT 1 FROM identity);
CREATE TABLE IF NOT EXISTS checkpoints (
  symbol TEXT PRIMARY KEY,
  models TEXT NOT NULL,
  timestamp INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT;
`;

type Row = Readonly<Record<string, SQLOutputValue>>;

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

/**
 * Takes the file for this process until it ends, however it ends: a second writer would take
 * events from the first one's subscribers. The lock is SQLite's own, on a file beside the journal.
 */
function lock(path: string): DatabaseSync {
  const database = new DatabaseSync(`${path}.lock`);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;");
    return database;
  } catch (cause) {
    database.close();
    if (!String(cause).includes("locked")) throw cause;
    throw new Error("another MicroStream is using it; set another DATA_DIR", { cause });
  }
}

/** The embedded bus: one SQLite file a source, in WAL mode, so that others may read along. */
export class Journal implements Bus, CheckpointStore {
  readonly #lock: DatabaseSync;
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #afterRow: StatementSync;
  readonly #barsBetween: StatementSync;
  readonly #listeners = new Set<(events: readonly BusEvent[]) => void>();
  /** Stands before every id; random, so that an id of another file is never taken for one of this. */
  readonly #name: string;

  /**
   * Opens or creates a journal.
   *
   * @param path The file; its folder is made when missing.
   * @throws Error naming the file when it is no journal or cannot be written.
   */
  constructor(path: string) {
    try {
      mkdirSync(dirname(path), { recursive: true });
      this.#lock = lock(path);
      this.#database = new DatabaseSync(path);
      this.#database.exec(SCHEMA);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`Cannot open the journal ${path}: ${why}`, { cause });
    }
    const identity = this.#database.prepare("SELECT token FROM identity").get() ?? {};
    this.#name = `${basename(path).replace(/\.\w+$/, "")}-${text(identity, "token")}`;
    this.#insert = this.#database.prepare(
      "INSERT INTO events (kind, symbol, timestamp, json) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#afterRow = this.#database.prepare(
      "SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?",
    );
    this.#barsBetween = this.#database.prepare(
      "SELECT json FROM events WHERE kind = 'bar' AND symbol = ? AND timestamp BETWEEN ? AND ? ORDER BY timestamp",
    );
  }

  get start(): string {
    return `${this.#name}:0`;
  }

  get end(): string {
    const row = this.#database.prepare("SELECT max(id) AS last FROM events").get();
    return `${this.#name}:${typeof row?.last === "number" ? row.last : 0}`;
  }

  /** Closes the file; the journal must not be used after. */
  close(): void {
    this.#listeners.clear();
    this.#database.close();
    this.#lock.close();
  }

  // deno-lint-ignore require-await -- the interface is asynchronous: on Kafka an append waits
  async appendBars(bars: readonly Bar[]): Promise<void> {
    this.#append("bar", bars);
  }

  // deno-lint-ignore require-await -- as above
  async appendSignals(signals: readonly Signal[]): Promise<void> {
    this.#append("signal", signals);
  }

  subscribe(listener: (events: readonly BusEvent[]) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

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

  *bars(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<Bar> {
    for (const row of this.#barsBetween.all(symbol, from, to)) {
      yield parseBar(text(row, "json"));
    }
  }

  lastTime(kind: RecordKind, symbol: string): number | undefined {
    const row = this.#database.prepare(
      "SELECT max(timestamp) AS last FROM events WHERE kind = ? AND symbol = ?",
    ).get(kind, symbol);
    return typeof row?.last === "number" ? row.last : undefined;
  }

  after(id: string, limit: number): EventPage | undefined {
    const [, name, row] = /^(.+):(\d+)$/.exec(id) ?? [];
    if (name !== this.#name || row === undefined) return undefined;
    const events = this.#afterRow.all(Number(row), limit).map((row) => this.#event(row));
    return { events, complete: events.length < limit };
  }

  saveCheckpoint(symbol: string, checkpoint: Checkpoint): void {
    this.#database.prepare("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?)")
      .run(symbol, checkpoint.models, checkpoint.timestamp, checkpoint.state);
  }

  checkpoint(symbol: string): Checkpoint | undefined {
    const row = this.#database.prepare("SELECT * FROM checkpoints WHERE symbol = ?").get(symbol);
    if (!row || !(row.state instanceof Uint8Array)) return undefined;
    return { models: text(row, "models"), timestamp: number(row, "timestamp"), state: row.state };
  }

  #event(row: Row): BusEvent {
    const kind = text(row, "kind");
    if (kind !== "bar" && kind !== "signal") {
      throw new TypeError(`Cannot read the journal as kind must be bar or signal: it is ${kind}`);
    }
    return {
      id: `${this.#name}:${number(row, "id")}`,
      kind,
      symbol: text(row, "symbol"),
      timestamp: number(row, "timestamp"),
      json: text(row, "json"),
    };
  }

  #append(kind: RecordKind, records: readonly (Bar | Signal)[]): void {
    const events: BusEvent[] = [];
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      for (const record of records) {
        const { symbol, timestamp } = record;
        const json = JSON.stringify(record);
        const { changes, lastInsertRowid } = this.#insert.run(kind, symbol, timestamp, json);
        if (Number(changes) === 1) {
          events.push({ id: `${this.#name}:${lastInsertRowid}`, kind, symbol, timestamp, json });
        }
      }
      this.#database.exec("COMMIT");
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    }
    if (events.length > 0) { for (const listener of this.#listeners) listener(events); }
  }
}
