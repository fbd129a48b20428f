import type { RowErrorCount } from "../files/row_errors.ts";

/** Consecutive raw trade ids that no row holds. */
export interface TradeHole {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Time of the last trade before it and of the first after it, ms UTC. */
  readonly between: readonly [number, number];
}

/** The state of one market's trades: what was repaired, and what could not be. */
export interface TradesReport {
  readonly symbol: string;
  /** `spot` or `usdm`. */
  readonly market: string;
  readonly files: readonly string[];
  /** Rows read. */
  readonly rows: number;
  /** Trades that remain: each raw trade in one of them, in order. */
  readonly trades: number;
  /** Time of the first and of the last trade, ms UTC; undefined when there is none. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly repaired: {
    /** Rows that repeat an earlier one; dropped. */
    readonly duplicates: number;
    /** Rows whose id is below that of the row before them in their file; sorted. */
    readonly outOfOrder: number;
    /** Rows with times in microseconds; converted to milliseconds. */
    readonly microseconds: number;
    /** Void rows (price 0, quantity 0, ids -1); dropped. */
    readonly voids: number;
    /** Rows with the id of the one before and other raw trades; kept. */
    readonly reused: number;
  };
  /** Rows that cannot be repaired and were left out. */
  readonly errors: readonly RowErrorCount[];
  /** Raw trades missing between the first and the last. */
  readonly holes: readonly TradeHole[];
}

/**
 * Finds missing raw trades. The exchange numbers the raw trades of a market without gaps; an aggregate
 * trade holds a range of them.
 *
 * @param firsts First raw trade id of each trade, ascending; all columns have one length.
 * @param lasts Last raw trade id of each; the ranges do not overlap.
 * @param times Time of each trade, ms UTC.
 */
export function findHoles(
  firsts: Float64Array,
  lasts: Float64Array,
  times: Float64Array,
): readonly TradeHole[] {
  const holes: TradeHole[] = [];
  for (let i = 1; i < firsts.length; i++) {
    const from = (lasts[i - 1] ?? NaN) + 1;
    const to = firsts[i] ?? NaN;
    if (to > from) holes.push({ from, to, between: [times[i - 1] ?? NaN, times[i] ?? NaN] });
  }
  return holes;
}
