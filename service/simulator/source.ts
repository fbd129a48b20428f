import { type Assets, splitSymbol } from "../../data/schema/quote_assets.ts";

/** One market and its trading rules. */
export interface Instrument extends Assets {
  /** Market, upper case, e.g. `BTCUSDT`. */
  readonly symbol: string;
  /** Decimals of a price: the tick size is 10^-priceDecimals. 0 to 8. */
  readonly priceDecimals: number;
  /** Decimals of a quantity: the lot size is 10^-quantityDecimals. 0 to 8. */
  readonly quantityDecimals: number;
}

/** The two assets of a symbol; one that does not end in a known quote asset counts as quoted in USDT. */
export function assetsOf(symbol: string): Assets {
  return splitSymbol(symbol) ?? { baseAsset: symbol, quoteAsset: "USDT" };
}

/** One aggregate trade as the exchange prints it. */
export interface ExchangeTrade {
  readonly id: number;
  /** Quote currency, decimal text with 8 decimals. */
  readonly price: string;
  /** Base currency, decimal text with 8 decimals. */
  readonly quantity: string;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  /** Exchange time, ms UTC. */
  readonly time: number;
  /** True when the aggressor sold. */
  readonly buyerIsMaker: boolean;
}

/** One one-minute kline as the exchange prints it; amounts are decimal text with 8 decimals. */
export interface ExchangeKline {
  /** Ms UTC, a multiple of 60,000. */
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
  readonly quoteVolume: string;
  /** Number of raw trades. */
  readonly trades: number;
  readonly takerBuyVolume: string;
  readonly takerBuyQuoteVolume: string;
}

/** A request for klines. */
export interface KlineQuery {
  /** Earliest open time, ms UTC, inclusive. */
  readonly from: number;
  /** Latest open time, ms UTC, inclusive. */
  readonly to: number;
  /** Exchange time of the request, ms UTC: nothing later is revealed. */
  readonly now: number;
  /** At most this many. */
  readonly limit: number;
  /** Which end of the range to keep when it has more. */
  readonly keep: "oldest" | "newest";
}

/**
 * One market's trades and klines, past and future. Trades form one sequence in order of id; a
 * position counts them, and may jump where ids do. The market does not know the time: its callers must not ask for
 * later trades than those of now.
 */
export interface Market {
  readonly instrument: Instrument;
  /** Position of the first trade at or after an exchange time (ms UTC). */
  seek(time: number): number;
  /** Position of the first trade whose id is not below `id`. */
  find(id: number): number;
  /** Number of trades at the positions `from` (inclusive) to `to` (exclusive), at least 0. */
  count(from: number, to: number): number;
  /** Trades of the positions `from` (inclusive, at least 0) to `to` (exclusive). */
  trades(from: number, to: number): ExchangeTrade[];
  /** Klines known at `now`, oldest first, the forming one included. */
  klines(query: KlineQuery): ExchangeKline[];
}

/** Whether a market trades; an unlisted one is not known to the exchange. */
export type MarketState = "trading" | "halted" | "unlisted";

/** The markets that a simulator serves. */
export interface MarketSource {
  /** The markets, each symbol once. */
  readonly instruments: readonly Instrument[];
  /**
   * Exchange times (ms UTC) of the first and the last event of a recording. The clock waits at the
   * first for a subscriber and stops at the last. Absent when the market never ends.
   */
  readonly recording?: { readonly from: number; readonly to: number };
  /** @returns undefined when there is no such market. */
  market(symbol: string): Market | undefined;
  /** State of a market at an exchange time, ms UTC; absent when all trade at all times. */
  readonly stateAt?: (symbol: string, time: number) => MarketState;
}

/** A source without markets. */
export const NO_MARKET: MarketSource = { instruments: [], market: () => undefined };
