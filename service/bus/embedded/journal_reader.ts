import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Bar } from "../../../data/schema/bar.ts";
import { parseBar } from "../../../data/schema/parse.ts";
import type { DamageStatus } from "../../../data/schema/status.ts";
import type { Checkpoint, RecordKind } from "../event_log.ts";
import type { BarVolumes, EventFilter, RecordQuery } from "../record_store.ts";
import { EventSearch, type FoundRows, type RowRange, searchRows } from "./event_search.ts";
import {
  type JournalRow,
  numberOf,
  readCheckpoint,
  readEvent,
  readJson,
  type SqlRow,
} from "./journal_row.ts";
import type { Epoch } from "./positions.ts";
import { lastNumber, readableRows } from "./salvage.ts";
import { isDamage } from "./storage_error.ts";

/**
 * Reads a journal over a connection of its own. What is damaged is reported and passed over: rows
 * whose checksum is wrong, and pages that SQLite cannot read, behind which a slow search finds what
 * is left.
 */
export class JournalReader {
  readonly #database: DatabaseSync;
  readonly #onDamage: () => void;
  readonly #after: StatementSync;
  readonly #bars: StatementSync;
  readonly #volumes: StatementSync;
  readonly #lastTime: StatementSync;
  readonly #firstLive: StatementSync;
  readonly #checkpoints: StatementSync;
  readonly #search: EventSearch;

  /**
   * @param database Closed by {@linkcode close}.
   * @param onDamage Called each time that something cannot be read.
   */
  constructor(database: DatabaseSync, onDamage: () => void) {
    this.#database = database;
    this.#onDamage = onDamage;
    this.#after = database.prepare("SELECT * FROM events WHERE id > ? ORDER BY id LIMIT ?");
    this.#bars = database.prepare(
      "SELECT json, checksum FROM events WHERE kind = 'bar' AND symbol = ? AND " +
        "timestamp BETWEEN ? AND ? ORDER BY timestamp",
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
    this.#firstLive = database.prepare("SELECT timestamp FROM first_live WHERE symbol = ?");
    this.#checkpoints = database.prepare(
      "SELECT * FROM checkpoints WHERE symbol = ? ORDER BY timestamp DESC",
    );
    this.#search = new EventSearch(database, (rows) => this.#sound(rows, readEvent));
  }

  /** The epochs of earlier runs, in the order of their rows. */
  get epochs(): readonly Epoch[] {
    return this.#database.prepare("SELECT token, after FROM epochs ORDER BY after, rowid").all()
      .map((row) => ({ token: String(row["token"]), after: numberOf(row, "after") }));
  }

  /** What was last found damaged; null when nothing ever was. */
  get damage(): DamageStatus | null {
    const { time, message } = this.#database.prepare(
      "SELECT time, message FROM damage ORDER BY time DESC, rowid DESC LIMIT 1",
    ).get() ?? {};
    return typeof time === "number" && typeof message === "string" ? { time, message } : null;
  }

  /** Number of the last row; 0 when there is none. */
  get last(): number {
    return lastNumber(this.#database, "events");
  }

  /** The rows after one, in order: fewer than the limit only at the end. */
  after(row: number, limit: number): readonly JournalRow[] {
    const search = () => take(this.#events(() => true, row), limit);
    return this.#try(() => {
      const rows = this.#after.all(row, limit);
      const sound = this.#sound(rows, readEvent);
      return sound.length === rows.length ? sound : search();
    }, search);
  }

  /** The rows of a range that a reader wants; see {@linkcode EventSearch}. */
  search(range: RowRange, filter: EventFilter): FoundRows {
    return this.#try(
      () => this.#search.search(range, filter),
      () => searchRows(this.#events(() => true, range.after), range, filter),
    );
  }

  /** See {@linkcode RecordStore.query}. */
  query(query: RecordQuery): readonly string[] {
    const { kind, symbol, limit, from = 0, to = Number.MAX_SAFE_INTEGER } = query;
    const where = ["kind = ?", "timestamp BETWEEN ? AND ?"];
    const values: (string | number)[] = [kind, from, to];
    if (symbol !== undefined) {
      where.push("symbol = ?");
      values.push(symbol);
    }
    return this.#try(
      () =>
        this.#sound(
          this.#database.prepare(
            `SELECT json, checksum FROM events WHERE ${
              where.join(" AND ")
            } ORDER BY timestamp DESC, id DESC LIMIT ?`,
          ).all(...values, limit),
          readJson,
        ).reverse(),
      () => this.#inOrderOfTime(kind, symbol, from, to).slice(-limit).map(({ json }) => json),
    );
  }

  /** See {@linkcode RecordStore.bars}. */
  *bars(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<Bar> {
    const found = this.#try(
      () => this.#sound(this.#bars.all(symbol, from, to), readJson),
      () => this.#inOrderOfTime("bar", symbol, from, to).map(({ json }) => json),
    );
    for (const json of found) yield parseBar(json);
  }

  /** See {@linkcode RecordStore.volumes}. */
  *volumes(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<BarVolumes> {
    yield* this.#try<Iterable<BarVolumes>>(
      () => this.#sound(this.#volumes.all(symbol, from, to), readVolumes),
      () => this.bars(symbol, from, to),
    );
  }

  /** See {@linkcode RecordStore.lastTime}. */
  lastTime(kind: RecordKind, symbol: string): number | undefined {
    return this.#try(() => {
      const last = this.#lastTime.get(kind, symbol)?.["last"];
      return typeof last === "number" ? last : undefined;
    }, () => this.#inOrderOfTime(kind, symbol, 0, Infinity).at(-1)?.timestamp);
  }

  /** See {@linkcode RecordStore.firstLive}. */
  firstLive(symbol: string): number | undefined {
    const row = this.#firstLive.get(symbol);
    return row && numberOf(row, "timestamp");
  }

  /** See {@linkcode RecordStore.checkpoint}. */
  checkpoint(symbol: string): Checkpoint | undefined {
    return this.#try(
      () => this.#sound(this.#checkpoints.all(symbol), readCheckpoint).at(0),
      () => {
        const readable = [...readableRows(this.#database, "checkpoints")].map(readCheckpoint);
        return readable.filter((each) => each?.symbol === symbol)
          .sort((a, b) => (b?.timestamp ?? 0) - (a?.timestamp ?? 0)).at(0);
      },
    );
  }

  close(): void {
    this.#database.close();
  }

  /** Reads, or, where that meets a damaged page, searches all that can be read. */
  #try<T>(read: () => T, search: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#onDamage();
      return search();
    }
  }

  #sound<T>(rows: readonly SqlRow[], read: (row: SqlRow) => T | undefined): T[] {
    const sound: T[] = [];
    for (const row of rows) {
      const value = read(row);
      if (value === undefined) this.#onDamage();
      else sound.push(value);
    }
    return sound;
  }

  *#events(matches: (row: JournalRow) => boolean, after = 0): Iterable<JournalRow> {
    for (const row of readableRows(this.#database, "events", after)) {
      const event = readEvent(row);
      if (event !== undefined && matches(event)) yield event;
    }
  }

  #inOrderOfTime(
    kind: RecordKind,
    symbol: string | undefined,
    from: number,
    to: number,
  ): JournalRow[] {
    const matching = this.#events((row) =>
      row.kind === kind && (symbol === undefined || row.symbol === symbol) &&
      row.timestamp >= from && row.timestamp <= to
    );
    return [...matching].sort((a, b) => a.timestamp - b.timestamp || a.number - b.number);
  }
}

function take<T>(values: Iterable<T>, count: number): T[] {
  const taken: T[] = [];
  if (count === 0) return taken;
  for (const value of values) {
    taken.push(value);
    if (taken.length === count) break;
  }
  return taken;
}

function readVolumes({ timestamp, volume, bought, sold }: SqlRow): BarVolumes | undefined {
  if (typeof timestamp !== "number" || typeof volume !== "string") return undefined;
  const plain = { timestamp, volume: Number(volume) };
  if (typeof bought !== "string" || typeof sold !== "string") return plain;
  return { ...plain, taker_buy_volume: Number(bought), taker_sell_volume: Number(sold) };
}
