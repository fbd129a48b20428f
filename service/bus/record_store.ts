import type { Bar } from "../../data/schema/bar.ts";
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

/** Consecutive records behind a position. */
export interface EventPage {
  readonly events: readonly LogEvent[];
  /** Whether the page reaches the end of the log. */
  readonly complete: boolean;
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
  /** A symbol's latest checkpoint that is not damaged. */
  checkpoint(symbol: string): Checkpoint | undefined;
  /**
   * The records behind a position, oldest first.
   *
   * @param position A position of this log.
   * @returns undefined when the position is not one of this log.
   */
  page(position: string, limit: number): EventPage | undefined;
}
