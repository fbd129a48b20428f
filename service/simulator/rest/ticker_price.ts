import type { MarketSource } from "../source.ts";
import { listedInstruments } from "./exchange_info.ts";
import { marketOf } from "./parameters.ts";

/**
 * `GET /api/v3/ticker/price`: the price of the last trade of all markets, or of that of `symbol=`.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError for parameters that Binance refuses.
 */
export function tickerPrice(source: MarketSource, query: URLSearchParams, now: number): unknown {
  const wanted = query.get("symbol");
  const symbols = wanted === null
    ? listedInstruments(source, now).map(({ symbol }) => symbol)
    : [wanted];
  const prices = symbols.map((symbol) => {
    const market = marketOf(source, symbol, now);
    const end = market.seek(now + 1);
    const [last] = end > 0 ? market.trades(end - 1, end) : [];
    return { symbol, price: last?.price ?? "0.00000000" };
  });
  return wanted === null ? prices : prices[0];
}
