import type { ExchangeTrade, Market, MarketSource } from "../source.ts";
import { RequestError } from "./response.ts";
import { limitParameter, marketParameter, wholeNumber } from "./parameters.ts";

function toRow(trade: ExchangeTrade): unknown {
  return {
    a: trade.id,
    p: trade.price,
    q: trade.quantity,
    f: trade.firstTradeId,
    l: trade.lastTradeId,
    T: trade.time,
    m: trade.buyerIsMaker,
    M: true,
  };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Positions of the requested trades, none after now. */
function positions(market: Market, query: URLSearchParams, now: number): Range {
  const end = market.seek(now + 1);
  const limit = limitParameter(query);
  const id = wholeNumber(query, "fromId");
  const startTime = wholeNumber(query, "startTime");
  const endTime = wholeNumber(query, "endTime");
  if (id !== undefined) {
    if (startTime !== undefined || endTime !== undefined) {
      throw new RequestError(-1128, "Combination of optional parameters invalid.");
    }
    const from = market.find(id);
    return { from, to: Math.min(end, from + limit) };
  }
  const last = endTime === undefined || endTime >= now ? end : market.seek(endTime + 1);
  if (startTime === undefined) return { from: Math.max(0, last - limit), to: last };
  const from = market.seek(Math.min(startTime, now + 1));
  return { from, to: Math.min(last, from + limit) };
}

/**
 * `GET /api/v3/aggTrades`: past trades, oldest first. From `fromId` (inclusive), or
 * from `startTime` (inclusive), or the last ones up to `endTime` (inclusive) or now.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError for parameters that Binance refuses.
 */
export function aggTrades(source: MarketSource, query: URLSearchParams, now: number): unknown {
  const market = marketParameter(source, query, now);
  const { from, to } = positions(market, query, now);
  return from < to ? market.trades(from, to).map(toRow) : [];
}
