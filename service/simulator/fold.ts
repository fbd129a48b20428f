import { formatDecimal } from "./decimal.ts";
import type { ExchangeKline, Instrument } from "./source.ts";
import type { TradeColumns } from "./trade_columns.ts";

/** One minute's kline in ticks and lots; quote amounts count ticks x lots. */
export interface FoldedKline {
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
  quoteVolume: number;
  trades: number;
  takerBuyVolume: number;
  takerBuyQuoteVolume: number;
}

/** The kline of a minute without trades, as the exchange makes it: all prices are the last close. */
export function emptyKline(previousClose: number): FoldedKline {
  return {
    open: previousClose,
    high: previousClose,
    low: previousClose,
    close: previousClose,
    volume: 0,
    quoteVolume: 0,
    trades: 0,
    takerBuyVolume: 0,
    takerBuyQuoteVolume: 0,
  };
}

/**
 * Folds the trades `[from, to)`, at least one, into a kline. Sums of integers: exact below 2^53.
 *
 * @throws RangeError when there is no trade to fold.
 */
export function foldTrades(columns: TradeColumns, from: number, to: number): FoldedKline {
  const { price, quantity, firstTradeId, lastTradeId, buyerIsMaker } = columns;
  const open = price[from];
  if (open === undefined || to <= from) {
    throw new RangeError(
      `Cannot fold trades as there must be at least one: current range is ${from} to ${to}`,
    );
  }
  const kline = emptyKline(open);
  for (let i = from; i < to; i++) {
    const ticks = price[i] ?? NaN;
    const lots = quantity[i] ?? NaN;
    const quote = ticks * lots;
    if (ticks > kline.high) kline.high = ticks;
    if (ticks < kline.low) kline.low = ticks;
    kline.close = ticks;
    kline.volume += lots;
    kline.quoteVolume += quote;
    kline.trades += (lastTradeId[i] ?? NaN) - (firstTradeId[i] ?? NaN) + 1;
    if (buyerIsMaker[i] === 0) {
      kline.takerBuyVolume += lots;
      kline.takerBuyQuoteVolume += quote;
    }
  }
  return kline;
}

/** Prints a folded kline as the exchange does. */
export function printKline(
  kline: FoldedKline,
  openTime: number,
  { priceDecimals, quantityDecimals }: Instrument,
): ExchangeKline {
  const quoteDecimals = priceDecimals + quantityDecimals;
  return {
    openTime,
    open: formatDecimal(kline.open, priceDecimals),
    high: formatDecimal(kline.high, priceDecimals),
    low: formatDecimal(kline.low, priceDecimals),
    close: formatDecimal(kline.close, priceDecimals),
    volume: formatDecimal(kline.volume, quantityDecimals),
    quoteVolume: formatDecimal(kline.quoteVolume, quoteDecimals),
    trades: kline.trades,
    takerBuyVolume: formatDecimal(kline.takerBuyVolume, quantityDecimals),
    takerBuyQuoteVolume: formatDecimal(kline.takerBuyQuoteVolume, quoteDecimals),
  };
}
