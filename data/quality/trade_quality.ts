import type { FaultCount } from "../files/row_errors.ts";
import type { TradeFault } from "../files/trade_rows.ts";

/** Ids that no row has. */
export interface IdHole {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Time of the last trade before it and the first after it, ms UTC. */
  readonly between: readonly [number, number];
}

/** What the trades of one market are like: what was repaired, and what could not be. */
export interface TradeQuality {
  readonly symbol: string;
  readonly market: string;
  readonly files: readonly string[];
  /** Rows read. */
  readonly rows: number;
  /** Trades that are left: each id once, in order. */
  readonly trades: number;
  /** Time of the first and of the last trade, ms UTC; undefined when there is none. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly repaired: {
    /** Rows that say again what an earlier one said; dropped. */
    readonly duplicates: number;
    /** Rows whose id is below that of the row before them in their file; sorted in. */
    readonly outOfOrder: number;
    /** Rows with times in microseconds; now in milliseconds. */
    readonly microseconds: number;
    /** Rows that stand for nothing (price 0, quantity 0, ids -1); dropped. */
    readonly voids: number;
  };
  /** Rows left out because nothing can repair them. */
  readonly faults: readonly FaultCount<TradeFault>[];
  /** Ids that are missing between the first and the last; those of void rows are not. */
  readonly holes: readonly IdHole[];
}

/**
 * Finds missing ids: the exchange numbers the trades of a market one after the other.
 *
 * @param ids Strictly ascending.
 * @param times Of each, ms UTC.
 */
export function findHoles(ids: Float64Array, times: Float64Array): readonly IdHole[] {
  const holes: IdHole[] = [];
  for (let i = 1; i < ids.length; i++) {
    const from = (ids[i - 1] ?? NaN) + 1;
    const to = ids[i] ?? NaN;
    if (to > from) holes.push({ from, to, between: [times[i - 1] ?? NaN, times[i] ?? NaN] });
  }
  return holes;
}
