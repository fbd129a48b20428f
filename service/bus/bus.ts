import type { Bar } from "../../data/schema/bar.ts";
import type { Signal } from "../../data/schema/signal.ts";

/** The kinds of record that a bus keeps. */
export type RecordKind = "bar" | "signal";

/** A record on the bus. */
export interface BusEvent {
  /** Names the record's place on this bus; grows, and never means another record. */
  readonly id: string;
  readonly kind: RecordKind;
  readonly symbol: string;
  /** Open time of the minute, ms UTC. */
  readonly timestamp: number;
  /** The record as JSON. */
  readonly json: string;
}

/** Which records are wanted. */
export interface RecordQuery {
  readonly kind: RecordKind;
  /** One market; all when absent. */
  readonly symbol?: string;
  /** First open time, inclusive, ms UTC. */
  readonly from?: number;
  /** Last open time, inclusive, ms UTC. */
  readonly to?: number;
  /** The most records to give: the latest of those that fit. */
  readonly limit: number;
}

/** A page of events after a place on the bus. */
export interface EventPage {
  readonly events: readonly BusEvent[];
  /** Whether the page reaches up to now. */
  readonly complete: boolean;
}

/** Keeps bars and signals by (kind, symbol, minute) and hands them to subscribers. */
export interface Bus {
  /** Resolves when the bars are durable; those already kept are passed over. */
  appendBars(bars: readonly Bar[]): Promise<void>;
  /** Resolves when the signals are durable; those already kept are passed over. */
  appendSignals(signals: readonly Signal[]): Promise<void>;
  /** Hands on every event from now on, after it is durable; returns the way to stop that. */
  subscribe(listener: (events: readonly BusEvent[]) => void): () => void;
  /** The records that fit a query, oldest first, as JSON. */
  query(query: RecordQuery): readonly string[];
  /** Bars of a symbol between open times (ms UTC, both inclusive), oldest first; to the end without `to`. */
  bars(symbol: string, from: number, to?: number): Iterable<Bar>;
  /** Open time of a symbol's last record of a kind, ms UTC. */
  lastTime(kind: RecordKind, symbol: string): number | undefined;
  /** The place before the first event. */
  readonly start: string;
  /** The place of the last event. */
  readonly end: string;
  /**
   * The events after a place, oldest first.
   *
   * @param id A place that this bus has given, or anything else, which gives `undefined`.
   */
  after(id: string, limit: number): EventPage | undefined;
}

/** The engine's state of one symbol at one time. */
export interface Checkpoint {
  /** Which models' state it is. */
  readonly models: string;
  /** Open time of the last bar in the state, ms UTC. */
  readonly timestamp: number;
  readonly state: Uint8Array;
}

/** Keeps the engine's states, so that a restart goes on exactly where the last run stood. */
export interface CheckpointStore {
  saveCheckpoint(symbol: string, checkpoint: Checkpoint): void;
  checkpoint(symbol: string): Checkpoint | undefined;
}
