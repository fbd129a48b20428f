/** A time on the exchange's clock: ms since the clock's start, or ms UTC. */
export type Instant = { readonly sinceStart: number } | { readonly utc: number };

/**
 * When a fault occurs: by chance, at times, or by chance within periods. All times and durations are
 * the exchange's, ms.
 */
export interface When {
  /** Chance per frame, handshake or request, 0 to 1. */
  readonly rate?: number;
  /** These times. */
  readonly at?: readonly Instant[];
  /** At this interval, first one interval after the clock's start. */
  readonly every?: number;
  /** How long it lasts from each of those times; without an end, when absent. */
  readonly lasting?: number;
}

/** Faults of single frames, by chance. */
export type FrameFault =
  | { readonly kind: "drop" | "duplicate" | "garbage" }
  | { readonly kind: "truncate" | "wrong-types" | "absurd-prices" }
  /** Overtaken by 1 to `within` later frames of its stream. */
  | { readonly kind: "reorder"; readonly within: number }
  /** Held back by `from` to `to` ms. */
  | { readonly kind: "delay"; readonly from: number; readonly to: number };

/** Faults of a connection, at a moment. */
export type ConnectionFault =
  | { readonly kind: "stall"; readonly duration: number }
  | { readonly kind: "close"; readonly code: number }
  | { readonly kind: "reset" }
  | { readonly kind: "shutdown"; readonly lead: number };

/** Faults of handshakes and requests, by chance. */
export type HttpFault =
  | {
    readonly kind: "refuse" | "rest";
    readonly status: number;
    /** Header `Retry-After`. */
    readonly retryAfterSeconds?: number;
  }
  | { readonly kind: "rest timeout" | "rest break" };

/** Faults of the exchange's time. */
export type TimeFault =
  | { readonly kind: "rest lag"; readonly by: number }
  | { readonly kind: "skew"; readonly by: number };

/** Stretches in which a market does not trade, or in which the exchange does not know it. */
export interface MarketFault {
  readonly kind: "halt" | "unlist";
  readonly symbol: string;
}

/** One clause of the language. */
export interface Clause<F> {
  readonly fault: F;
  readonly when: When;
  /** Name under which it is counted, e.g. `drop` or `rest 429`. */
  readonly name: string;
  /** Its place among all clauses: each has its own random numbers. */
  readonly index: number;
}

/** All faults to inject. */
export interface FaultPlan {
  /** Same seed, same faults: a whole number from 0 to 2^32 - 1. */
  readonly seed: number;
  readonly frames: readonly Clause<FrameFault>[];
  readonly connections: readonly Clause<ConnectionFault>[];
  readonly http: readonly Clause<HttpFault>[];
  readonly times: readonly Clause<TimeFault>[];
  readonly markets: readonly Clause<MarketFault>[];
  /** A connection is closed at this age, exchange ms; absent: after 24 real hours. */
  readonly lifetime?: number;
}

/** The plan without faults. */
export const NO_FAULTS: FaultPlan = {
  seed: 0,
  frames: [],
  connections: [],
  http: [],
  times: [],
  markets: [],
};
