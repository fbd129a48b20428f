import type { Bar } from "../../data/schema/bar.ts";
import type { DamageStatus } from "../../data/schema/status.ts";
import type { Checkpoint, LogEvent, RecordKind } from "./event_log.ts";

/** Which records are wanted. */
export interface RecordQuery {
  readonly kind: RecordKind;
  /** One market; all when absent. */
  readonly symbol?: string;
  /** First open time, inclusive, ms UTC. */
  readonly from?: number;
  /** Last open time, inclusive, ms UTC. */
  readonly to?: number;
  /** Maximum number of records: the latest that match. */
  readonly limit: number;
}

/** Which records are wanted, and how they are to be written. */
export interface HistoryQuery extends RecordQuery {
  /**
   * As a CSV table with these columns, and after them those that occur beside them in order of
   * their first appearance. Absent: as a JSON array.
   */
  readonly columns?: readonly string[];
  /** Whether to compress the answer with gzip. */
  readonly gzip: boolean;
}

/** Which records of the log a reader wants. */
export interface EventFilter {
  readonly kinds: ReadonlySet<RecordKind>;
  readonly symbols: ReadonlySet<string>;
  /** First open time, ms UTC, history included; undefined for all that is no history. */
  readonly since: number | undefined;
}

/** A part of the log to search. */
export interface EventRange {
  /** The position behind which it begins. */
  readonly after: string;
  /** The position with which it ends. */
  readonly until: string;
  /** Maximum number of records. */
  readonly limit: number;
}

/** Records behind a position. */
export interface EventPage {
  readonly events: readonly LogEvent[];
  /** Position up to which the log was searched: the next page begins behind it. */
  readonly position: string;
}

/** The amounts of a bar without the rest of it. */
export type BarVolumes = Pick<
  Bar,
  "timestamp" | "volume" | "taker_buy_volume" | "taker_sell_volume"
>;

/** A role's own synchronous view of the log: what is durable, and nothing else. */
export interface RecordStore {
  /** The records that match a query, oldest first, as JSON. */
  query(query: RecordQuery): readonly string[];
  /**
   * The same as text for a client, made off this thread and block by block as the client reads.
   *
   * @returns Resolves when the first block is there.
   * @throws Error when they cannot be read; the stream fails with it later on.
   */
  history(query: HistoryQuery): Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  /** Bars of a symbol between open times (ms UTC, both inclusive), oldest first. */
  bars(symbol: string, from: number, to?: number): Iterable<Bar>;
  /** The same bars' amounts alone, exactly; several times faster than the whole bars. */
  volumes(symbol: string, from: number, to?: number): Iterable<BarVolumes>;
  /** Open time of a symbol's last record of a kind, ms UTC. */
  lastTime(kind: RecordKind, symbol: string): number | undefined;
  /** What was last found damaged in the store; null when nothing was in the last 7 days. */
  readonly damage: DamageStatus | null;
  /** A symbol's latest checkpoint that is not damaged. */
  checkpoint(symbol: string): Checkpoint | undefined;
  /**
   * Open time of the first minute that the log ever had live for a symbol, ms UTC; undefined while
   * all that it has of the symbol is history.
   */
  firstLive(symbol: string): number | undefined;
  /** Whether a position is one of this log, and not behind its end. */
  has(position: string): boolean;
  /**
   * The records of a range that a reader wants, in the order of the log. A page is searched in a
   * few milliseconds, however few records match, so it may end before the range does.
   *
   * @throws RangeError for a position that is none of this log.
   */
  page(range: EventRange, filter: EventFilter): EventPage;
}
