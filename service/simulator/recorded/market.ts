import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { formatNumber } from "../decimal.ts";
import { emptyKline, foldTrades, printKline } from "../fold.ts";
import {
  assetsOf,
  type ExchangeKline,
  type ExchangeTrade,
  type Instrument,
  type KlineQuery,
  type Market,
} from "../source.ts";
import { lowerBound, printTrades } from "../trade_columns.ts";
import type { RecordedKlines } from "./recorded_klines.ts";
import type { RecordedTrades } from "./recorded_trades.ts";

/** One recorded market. */
export class RecordedMarket implements Market {
  readonly instrument: Instrument;
  readonly #trades: RecordedTrades | undefined;
  readonly #klines: RecordedKlines | undefined;

  constructor(
    symbol: string,
    trades: RecordedTrades | undefined,
    klines: RecordedKlines | undefined,
  ) {
    this.instrument = {
      symbol,
      ...assetsOf(symbol),
      priceDecimals: trades?.priceDecimals ?? klines?.priceDecimals ?? 0,
      quantityDecimals: trades?.quantityDecimals ?? klines?.quantityDecimals ?? 0,
    };
    this.#trades = trades;
    this.#klines = klines;
  }

  seek(time: number): number {
    if (this.#trades === undefined) return 0;
    const { time: times } = this.#trades.columns;
    return lowerBound(times, time, 0, times.length);
  }

  find(id: number): number {
    if (this.#trades === undefined) return 0;
    return lowerBound(this.#trades.ids, id, 0, this.#trades.ids.length);
  }

  count(from: number, to: number): number {
    return Math.max(0, to - from);
  }

  trades(from: number, to: number): ExchangeTrade[] {
    if (this.#trades === undefined) return [];
    const { ids, columns } = this.#trades;
    const end = Math.min(to, ids.length);
    return printTrades(columns, from, end, this.instrument, (i) => ids[i] ?? NaN);
  }

  klines({ from, to, now, limit, keep }: KlineQuery): ExchangeKline[] {
    const covered = this.#trades?.covered ?? [];
    const first = Math.min(this.#klines?.from ?? Infinity, covered[0]?.from ?? Infinity);
    const last = Math.max(this.#klines?.to ?? -Infinity, covered.at(-1)?.to ?? -Infinity);
    const start = Math.ceil(Math.max(from, first) / MINUTE_MS) * MINUTE_MS;
    const end = Math.floor(Math.min(to, now, last) / MINUTE_MS) * MINUTE_MS;
    const klines: ExchangeKline[] = [];
    const step = keep === "oldest" ? MINUTE_MS : -MINUTE_MS;
    for (
      let minute = keep === "oldest" ? start : end;
      minute >= start && minute <= end && klines.length < limit;
      minute += step
    ) {
      const kline = this.#kline(minute, now);
      if (kline) klines.push(kline);
    }
    return keep === "oldest" ? klines : klines.reverse();
  }

  /** The kline of a minute as known at `now`; a kline file has precedence over the trades. */
  #kline(openTime: number, now: number): ExchangeKline | undefined {
    const row = openTime + MINUTE_MS <= now ? this.#klines?.klines.get(openTime) : undefined;
    if (row?.quote_volume !== undefined) return printRow(row, undefined);
    const built = this.#build(openTime, now);
    return row ? printRow(row, built) : built;
  }

  /** Builds the kline of a minute from its trades up to `now`, if none is missing. */
  #build(openTime: number, now: number): ExchangeKline | undefined {
    if (this.#trades === undefined) return undefined;
    const until = Math.min(openTime + MINUTE_MS, now + 1);
    const { covered, columns } = this.#trades;
    if (!covered.some((period) => period.from <= openTime && period.to >= until)) return undefined;
    const from = this.seek(openTime);
    const to = this.seek(until);
    if (from < to) return printKline(foldTrades(columns, from, to), openTime, this.instrument);
    const previous = this.#priceBefore(from, openTime);
    return previous === undefined
      ? undefined
      : printKline(emptyKline(previous), openTime, this.instrument);
  }

  /** Last price, in ticks, before a minute whose trades begin at a position. */
  #priceBefore(position: number, openTime: number): number | undefined {
    const traded = this.#trades?.columns.price[position - 1];
    if (traded !== undefined) return traded;
    const row = this.#klines?.klines.get(openTime - MINUTE_MS);
    return row && Math.round(row.close * 10 ** this.instrument.priceDecimals);
  }
}

/**
 * Prints a row of a kline file. The columns that an OHLCV file lacks come from the trades where they
 * are recorded. Elsewhere quote volume is volume x typical price, half of it bought by takers, and
 * the number of trades is 0.
 */
function printRow(row: Kline, built: ExchangeKline | undefined): ExchangeKline {
  const typicalPrice = (row.high + row.low + row.close) / 3;
  const quoteVolume = row.quote_volume ?? row.volume * typicalPrice;
  return {
    openTime: row.open_time,
    open: formatNumber(row.open),
    high: formatNumber(row.high),
    low: formatNumber(row.low),
    close: formatNumber(row.close),
    volume: formatNumber(row.volume),
    quoteVolume: built?.quoteVolume ?? formatNumber(quoteVolume),
    trades: built?.trades ?? row.num_trades ?? 0,
    takerBuyVolume: built?.takerBuyVolume ?? formatNumber(row.taker_buy_volume ?? row.volume / 2),
    takerBuyQuoteVolume: built?.takerBuyQuoteVolume ??
      formatNumber(row.taker_buy_quote_volume ?? quoteVolume / 2),
  };
}
