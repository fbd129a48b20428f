import { dayName, type Month } from "./period.ts";

/** The kinds of files. */
export const KINDS = ["klines", "aggTrades"] as const;
/** One-minute candlesticks, or aggregate trades. */
export type Kind = typeof KINDS[number];

/** The market segments. */
export const MARKETS = ["spot", "usdm"] as const;
/** The spot market, or the futures settled in USD stablecoins. */
export type Market = typeof MARKETS[number];

/** One series of the exchange's public files. */
export interface Series {
  /** Upper case. */
  readonly symbol: string;
  readonly kind: Kind;
  readonly market: Market;
}

/** One file of a series. */
export interface Dump {
  /** Its own name, e.g. `BTCUSDT-1m-2025-01.zip`. */
  readonly name: string;
  /** Below the base URL, without a leading slash. */
  readonly path: string;
}

function dump(series: Series, span: "monthly" | "daily", date: string): Dump {
  const { symbol, kind, market } = series;
  const name = `${symbol}-${kind === "klines" ? "1m" : kind}-${date}.zip`;
  const root = market === "spot" ? "data/spot" : "data/futures/um";
  const interval = kind === "klines" ? "1m/" : "";
  return { name, path: `${root}/${span}/${kind}/${symbol}/${interval}${name}` };
}

/** The file of a whole month. */
export function monthlyDump(series: Series, month: Month): Dump {
  return dump(series, "monthly", month.name);
}

/** The file of a day, given by its start, ms UTC. */
export function dailyDump(series: Series, day: number): Dump {
  return dump(series, "daily", dayName(day));
}
