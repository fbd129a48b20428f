import { DAY_MS } from "../../data/schema/time.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { loadKlines } from "../support/history.ts";
import { type MarketFigures, measureMarket } from "./market_figures.ts";

/** Figures of the bars of a file, which must be contiguous. */
export async function measureFile(path: string): Promise<MarketFigures> {
  const rows = await loadKlines(path);
  const close = Float64Array.from(rows, (row) => row.close);
  return measureMarket({ start: rows[0]?.open_time ?? NaN, close });
}

/** A fifth of the trades makes the same closes, to a tick, in a fraction of the time. */
const ACTIVITY = 0.2;

/**
 * Figures of some days of a simulated market, from its klines.
 *
 * @param from First open time, ms UTC.
 */
export function measureSimulated(
  symbol: string,
  seed: number,
  from: number,
  days: number,
): MarketFigures {
  const to = from + days * DAY_MS;
  const market = simulatedMarket({ seed, symbols: [symbol], activity: ACTIVITY }).market(symbol);
  const klines = market?.klines({
    ...{ from, to: to - 1, now: to, limit: Infinity, keep: "oldest" },
  }) ?? [];
  const close = Float64Array.from(klines, (kline) => Number(kline.close));
  return measureMarket({ start: from, close });
}
