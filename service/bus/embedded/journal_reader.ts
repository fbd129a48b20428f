import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Bar } from "../../../data/schema/bar.ts";
import { parseBar } from "../../../data/schema/parse.ts";
import type { Checkpoint, RecordKind } from "../event_log.ts";
import type { BarVolumes, EventFilter, RecordQuery } from "../record_store.ts";
import { checksumOf } from "./checksum.ts";
import { EventSearch, type FoundRows, type RowRange } from "./event_search.ts";
import { type JournalRow, journalRow, numberOf, textOf } from "./journal_row.ts";
import type { Epoch } from "./positions.ts";

/** Reads a journal over a connection of its own. */
export class JournalReader {
  readonly #database: DatabaseSync;
  readonly #after: StatementSync;
  readonly #bars: StatementSync;
  readonly #volumes: StatementSync;
  readonly #lastTime: StatementSync;
  readonly #firstLive: StatementSync;
  readonly #checkpoints: StatementSync;
  readonly #search: EventSearch;

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
    this.#firstLive = database.prepare("SELECT timestamp FROM first_live WHERE symbol = ?");
    this.#checkpoints = database.prepare(
      "SELECT * FROM checkpoints WHERE symbol = ? ORDER BY timestamp DESC",
    );
    this.#search = new EventSearch(database);
  }

  /** The epochs of earlier runs, in the order of their rows. */
  get epochs(): readonly Epoch[] {
    return this.#database.prepare("SELECT token, after FROM epochs ORDER BY after, rowid").all()
      .map((row) => ({ token: textOf(row, "token"), after: numberOf(row, "after") }));
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

  /** The rows of a range that a reader wants; see {@linkcode EventSearch}. */
  search(range: RowRange, filter: EventFilter): FoundRows {
    return this.#search.search(range, filter);
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
    return rows.map((row) => textOf(row, "json")).reverse();
  }

  /** See {@linkcode RecordStore.bars}. */
  *bars(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<Bar> {
    for (const row of this.#bars.all(symbol, from, to)) {
      yield parseBar(textOf(row, "json"));
    }
  }

  /** See {@linkcode RecordStore.volumes}. */
  *volumes(symbol: string, from: number, to = Number.MAX_SAFE_INTEGER): Iterable<BarVolumes> {
    for (const row of this.#volumes.all(symbol, from, to)) {
      const timestamp = numberOf(row, "timestamp");
      const volume = Number(textOf(row, "volume"));
      const { bought, sold } = row;
      yield bought === null || sold === null ? { timestamp, volume } : {
        timestamp,
        volume,
        taker_buy_volume: Number(textOf(row, "bought")),
        taker_sell_volume: Number(textOf(row, "sold")),
      };
    }
  }

  /** See {@linkcode RecordStore.lastTime}. */
  lastTime(kind: RecordKind, symbol: string): number | undefined {
    const row = this.#lastTime.get(kind, symbol);
    return typeof row?.["last"] === "number" ? row["last"] : undefined;
  }

  /** See {@linkcode RecordStore.firstLive}. */
  firstLive(symbol: string): number | undefined {
    const row = this.#firstLive.get(symbol);
    return row && numberOf(row, "timestamp");
  }

  /** See {@linkcode RecordStore.checkpoint}. */
  checkpoint(symbol: string): Checkpoint | undefined {
    for (const row of this.#checkpoints.all(symbol)) {
      const { state } = row;
      const models = textOf(row, "models");
      const timestamp = numberOf(row, "timestamp");
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
