import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { EventFilter } from "../record_store.ts";
import { type JournalRow, numberOf, type SqlRow } from "./journal_row.ts";
import type { LogTail } from "./log_tail.ts";

/** The rows after one up to another one, both numbers of rows. */
export interface RowRange {
  readonly after: number;
  readonly until: number;
  /** Maximum number of rows. */
  readonly limit: number;
}

/** Rows that match, in order. */
export interface FoundRows {
  readonly rows: readonly JournalRow[];
  /** Number of the row up to which the range was searched. */
  readonly reached: number;
}

/** A search by the index looks each pair of kind and symbol up; for more pairs it reads the rows. */
const MOST_PAIRS = 64;
/** Entries of the index that a search may pass: a millisecond or two. */
const INDEX_SPAN = 20_000;
/** Whole rows that it may read; all of them when their times have to be looked at. */
const ROW_SPAN = 1000;

/** Rows among those in memory that a reader wants; undefined when the range begins before them. */
export function searchTail(
  tail: LogTail,
  range: RowRange,
  filter: EventFilter,
): FoundRows | undefined {
  const all = tail.after(range.after, Infinity);
  if (all === undefined) return undefined;
  return searchRows(all, range, filter, Infinity);
}

/**
 * Rows that a reader wants among rows behind the beginning of a range.
 *
 * @param most Rows that are looked at.
 */
export function searchRows(
  all: Iterable<JournalRow>,
  { until, limit }: RowRange,
  { kinds, symbols, since }: EventFilter,
  most = ROW_SPAN,
): FoundRows {
  const rows: JournalRow[] = [];
  let seen = 0;
  for (const row of all) {
    if (row.number > until) break;
    const wanted = kinds.has(row.kind) && symbols.has(row.symbol) &&
      (since === undefined ? !row.backfill : row.timestamp >= since);
    if (wanted) rows.push(row);
    if (rows.length === limit || ++seen === most) return { rows, reached: row.number };
  }
  return { rows, reached: until };
}

/**
 * Finds the rows of a journal that a reader wants. A search is bounded by what it reads, not by
 * what it finds: it holds the loop up for a few milliseconds, even where nothing matches.
 */
export class EventSearch {
  readonly #soundOf: (rows: readonly SqlRow[]) => readonly JournalRow[];
  readonly #newsOf: StatementSync;
  readonly #since: StatementSync;
  readonly #rowsOf: StatementSync;
  readonly #scan: StatementSync;

  /** @param soundOf Reads rows and leaves out those that are damaged. */
  constructor(
    database: DatabaseSync,
    soundOf: (rows: readonly SqlRow[]) => readonly JournalRow[],
  ) {
    this.#soundOf = soundOf;
    // The index of (kind, symbol, backfill) is in the order of ids.
    const idsOf = (where: string) =>
      database.prepare(
        "SELECT id FROM events INDEXED BY events_by_symbol " +
          `WHERE kind = ? AND symbol = ? AND ${where} AND id > ? AND id <= ? ORDER BY id LIMIT ?`,
      );
    this.#newsOf = idsOf("backfill = 0");
    this.#since = idsOf("backfill = ? AND timestamp >= ?");
    this.#rowsOf = database.prepare(
      "SELECT * FROM events WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
    );
    this.#scan = database.prepare(
      "SELECT * FROM events NOT INDEXED WHERE id > ? AND id <= ? AND timestamp >= ? " +
        "AND backfill <= ? AND kind IN (SELECT value FROM json_each(?)) " +
        "AND symbol IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?",
    );
  }

  /** Searches a range, or the first part of it. */
  search(range: RowRange, filter: EventFilter): FoundRows {
    const pairs = filter.kinds.size * filter.symbols.size;
    return pairs <= MOST_PAIRS ? this.#byIndex(range, filter, pairs) : this.#byRow(range, filter);
  }

  #byIndex(range: RowRange, { kinds, symbols, since }: EventFilter, pairs: number): FoundRows {
    const { after, limit } = range;
    const span = since === undefined ? INDEX_SPAN : ROW_SPAN;
    let reached = Math.min(range.until, after + span);
    // A pair's share and as much again: all of them together are not much more than a page.
    const most = Math.min(limit, Math.ceil(2 * limit / Math.max(1, pairs)) + 4);
    const ids: number[] = [];
    const take = (rows: readonly SqlRow[]) => {
      const found = rows.map((row) => numberOf(row, "id"));
      ids.push(...found);
      // There may be more of the pair behind them.
      if (found.length === most) reached = Math.min(reached, found.at(-1) ?? reached);
    };
    for (const kind of kinds) {
      for (const symbol of symbols) {
        const pair = [kind, symbol] as const;
        if (since === undefined) {
          take(this.#newsOf.all(...pair, after, reached, most));
        } else {
          for (const backfill of [0, 1]) {
            take(this.#since.all(...pair, backfill, since, after, reached, most));
          }
        }
      }
    }
    const wanted = ids.filter((id) => id <= reached).sort((a, b) => a - b).slice(0, limit);
    if (wanted.length === limit) reached = wanted.at(-1) ?? reached;
    return { rows: this.#soundOf(this.#rowsOf.all(JSON.stringify(wanted))), reached };
  }

  #byRow(range: RowRange, { kinds, symbols, since }: EventFilter): FoundRows {
    const { after, limit } = range;
    const end = Math.min(range.until, after + ROW_SPAN);
    const lists = [[...kinds], [...symbols]].map((list) => JSON.stringify(list));
    const rows = this.#scan.all(
      ...[after, end, since ?? 0, since === undefined ? 0 : 1, ...lists, limit],
    );
    const last = rows.at(-1);
    const reached = rows.length === limit && last !== undefined ? numberOf(last, "id") : end;
    return { rows: this.#soundOf(rows), reached };
  }
}
