import type { Announcement } from "../../data/schema/announcement.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { Signal } from "../../data/schema/signal.ts";

/** The kinds of record that the log keeps. */
export type RecordKind = "bar" | "signal";

/** A record to append. */
export type LogRecord =
  | { readonly kind: "bar"; readonly record: Bar }
  | { readonly kind: "signal"; readonly record: Signal };

/** The engine's state of one symbol after one bar. */
export interface Checkpoint {
  readonly symbol: string;
  /** Fingerprint of the models whose state it is. */
  readonly models: string;
  /** Open time of the last bar in the state, ms UTC. */
  readonly timestamp: number;
  /**
   * Where the state was warmed up again because its checkpoints were damaged, the first bar that was
   * scored with it, ms UTC; absent where the state is that of every bar since the first.
   */
  readonly rebuilt?: number;
  readonly state: Uint8Array;
}

/** A durable record at its place in the log. */
export interface LogEvent {
  /** Position of the record: opaque; positions of one log grow and never name another record. */
  readonly id: string;
  readonly kind: RecordKind;
  readonly symbol: string;
  /** Open time of the minute, ms UTC. */
  readonly timestamp: number;
  /** Whether it is history: of a minute before the first one that the log ever had live. */
  readonly backfill: boolean;
  /** The record as JSON. */
  readonly json: string;
}

/**
 * The durable log of bars and signals over which the stages meet, and a lossy channel beside it.
 *
 * Records are idempotent by (kind, symbol, minute): one that is already kept is passed over.
 */
export interface EventLog {
  /** The position before the first record. */
  readonly start: string;
  /** The position of the last durable record. */
  readonly end: string;
  /**
   * Appends records and, in the same commit, checkpoints. What is appended within a moment shares a
   * commit.
   *
   * While the disk refuses to keep anything, appends wait in memory, in order.
   *
   * @returns Resolves when all of it is durable; readers have the records then or a moment later.
   */
  append(records: readonly LogRecord[], checkpoints?: readonly Checkpoint[]): Promise<void>;
  /**
   * Resolves when there is room for further appends: at once, unless so much waits for the disk that
   * memory would be at risk.
   */
  room(): Promise<void>;
  /**
   * The bars of a symbol that wait because the disk refuses them, oldest first; none while it does
   * not. No subscriber has seen them.
   *
   * @param after Open time behind which to begin, ms UTC.
   */
  waiting(symbol: string, after: number): readonly Bar[];
  /**
   * Reads records of one kind, or all, behind a position, in order: first what is there, then what
   * becomes durable. A slow reader is served from the log, so nothing queues up for it.
   *
   * @param from A position of this log.
   * @param signal Ends the iteration when aborted.
   */
  read(
    from: string,
    signal: AbortSignal,
    kind?: RecordKind,
  ): AsyncIterable<readonly LogEvent[]>;
  /**
   * Resolves when what was appended before the call is durable and those who read this log in this
   * process have taken it, so that whoever appends much at once does not run ahead of them.
   */
  drained(): Promise<void>;
  /** Hands an announcement to all who listen now; it is neither kept nor acknowledged. */
  announce(announcement: Announcement): void;
  /** Listens to announcements; returns the way to stop. */
  listen(listener: (announcement: Announcement) => void): () => void;
}
