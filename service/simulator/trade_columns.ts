import { formatDecimal } from "./decimal.ts";
import type { ExchangeTrade, Instrument } from "./source.ts";

/**
 * A run of trades of one market in columns, in order of id. Prices count ticks and quantities count
 * lots of the market's instrument, so that sums are exact.
 */
export interface TradeColumns {
  /** Ms UTC, never decreasing. */
  readonly time: Float64Array;
  /** Ticks. */
  readonly price: Float64Array;
  /** Lots. */
  readonly quantity: Float64Array;
  readonly firstTradeId: Float64Array;
  readonly lastTradeId: Float64Array;
  /** 1 when the aggressor sold, else 0. */
  readonly buyerIsMaker: Uint8Array;
}

/** Columns with room for a number of trades. */
export function makeTradeColumns(capacity: number): TradeColumns {
  return {
    time: new Float64Array(capacity),
    price: new Float64Array(capacity),
    quantity: new Float64Array(capacity),
    firstTradeId: new Float64Array(capacity),
    lastTradeId: new Float64Array(capacity),
    buyerIsMaker: new Uint8Array(capacity),
  };
}

/** A copy of the trades `[from, to)`. */
export function copyTrades(columns: TradeColumns, from: number, to: number): TradeColumns {
  return {
    time: columns.time.slice(from, to),
    price: columns.price.slice(from, to),
    quantity: columns.quantity.slice(from, to),
    firstTradeId: columns.firstTradeId.slice(from, to),
    lastTradeId: columns.lastTradeId.slice(from, to),
    buyerIsMaker: columns.buyerIsMaker.slice(from, to),
  };
}

/** Trades `[from, to)` as the exchange prints them; `idOf` gives the id of an index. */
export function printTrades(
  columns: TradeColumns,
  from: number,
  to: number,
  { priceDecimals, quantityDecimals }: Instrument,
  idOf: (index: number) => number,
): ExchangeTrade[] {
  const trades: ExchangeTrade[] = [];
  for (let i = from; i < to; i++) {
    trades.push({
      id: idOf(i),
      price: formatDecimal(columns.price[i] ?? NaN, priceDecimals),
      quantity: formatDecimal(columns.quantity[i] ?? NaN, quantityDecimals),
      firstTradeId: columns.firstTradeId[i] ?? NaN,
      lastTradeId: columns.lastTradeId[i] ?? NaN,
      time: columns.time[i] ?? NaN,
      buyerIsMaker: columns.buyerIsMaker[i] === 1,
    });
  }
  return trades;
}

/** First index in `[from, to)` whose value is not below `value`; `to` when there is none. */
export function lowerBound(sorted: Float64Array, value: number, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
