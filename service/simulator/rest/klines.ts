import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { ExchangeKline, MarketSource } from "../source.ts";
import { checkInterval, limitParameter, marketParameter, wholeNumber } from "./parameters.ts";

/** A kline as a row of the response: Binance's twelve columns. */
export function klineRow(kline: ExchangeKline): readonly (number | string)[] {
  return [
    kline.openTime,
    kline.open,
    kline.high,
    kline.low,
    kline.close,
    kline.volume,
    kline.openTime + MINUTE_MS - 1,
    kline.quoteVolume,
    kline.trades,
    kline.takerBuyVolume,
    kline.takerBuyQuoteVolume,
    "0",
  ];
}

/**
 * `GET /api/v3/klines`: rows of twelve columns, oldest first. With `startTime` the first ones from
 * there, without it the last ones up to `endTime` or now.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError for parameters that Binance refuses.
 */
export function klines(source: MarketSource, query: URLSearchParams, now: number): unknown {
  const market = marketParameter(source, query, now);
  checkInterval(query);
  const from = wholeNumber(query, "startTime");
  const to = wholeNumber(query, "endTime");
  const rows = market.klines({
    from: from ?? 0,
    to: Math.min(to ?? now, now),
    now,
    limit: limitParameter(query),
    keep: from === undefined ? "newest" : "oldest",
  });
  return rows.map(klineRow);
}
