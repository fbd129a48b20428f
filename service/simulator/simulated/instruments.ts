import { isSymbol } from "../../../data/common/symbol.ts";
import { DOLLAR_ASSETS } from "../../../data/schema/quote_assets.ts";
import { assetsOf, type Instrument } from "../source.ts";
import { hashText } from "./random.ts";

/** A simulated market's rules and its long-run level. */
export interface SimulatedInstrument extends Instrument {
  /** The long-run price, quote currency. */
  readonly basePrice: number;
  /** Average number of aggregate trades a minute. */
  readonly tradesPerMinute: number;
  /** Median volatility of a minute, log return. */
  readonly volatility: number;
}

type Level = Pick<
  SimulatedInstrument,
  "basePrice" | "priceDecimals" | "quantityDecimals" | "tradesPerMinute" | "volatility"
>;

/** Well-known assets quoted in dollars; ticks and lots are those of Binance's spot market. */
const KNOWN: ReadonlyMap<string, Level> = new Map([
  ["BTC", level(68_000, 2, 5, 350, 4.8)],
  ["ETH", level(3_000, 2, 4, 375, 8)],
  ["SOL", level(160, 2, 3, 230, 10)],
  ["BNB", level(600, 2, 3, 145, 7)],
  ["XRP", level(0.9, 4, 1, 205, 9)],
  ["DOGE", level(0.2, 5, 0, 175, 11)],
  ["ADA", level(0.6, 4, 1, 115, 10)],
  ["AVAX", level(28, 2, 2, 85, 11)],
  ["LINK", level(15, 2, 2, 85, 10)],
  ["LTC", level(90, 2, 3, 85, 8)],
  ["TRX", level(0.16, 4, 1, 85, 6)],
  ["DOT", level(6, 3, 2, 70, 10)],
  ["SHIB", level(0.00002, 8, 0, 85, 12)],
  ["PEPE", level(0.00001, 8, 0, 115, 14)],
]);

function level(
  basePrice: number,
  priceDecimals: number,
  quantityDecimals: number,
  tradesPerMinute: number,
  volatilityBasisPoints: number,
): Level {
  const volatility = volatilityBasisPoints * 1e-4;
  return { basePrice, priceDecimals, quantityDecimals, tradesPerMinute, volatility };
}

/** Any name makes a market: its level is derived from the name. */
function derivedLevel(symbol: string): Level {
  const hash = hashText(symbol);
  const exponent = (hash % 1000) / 1000 * 5 - 2;
  const basePrice = 10 ** exponent;
  // Five significant digits, as Binance's ticks have for most markets.
  const priceDecimals = Math.min(6, Math.max(2, 4 - Math.floor(exponent)));
  const quantityDecimals = Math.min(8 - priceDecimals, Math.max(0, Math.floor(exponent) + 1));
  const activity = 3 * 50 ** ((hash >>> 10) % 1000 / 1000);
  return level(basePrice, priceDecimals, quantityDecimals, activity, 7 + (hash >>> 20) % 8);
}

/**
 * The simulated market of a symbol.
 *
 * @throws RangeError when the symbol is not a market's name.
 */
export function simulatedInstrument(symbol: string): SimulatedInstrument {
  if (!isSymbol(symbol)) {
    throw new RangeError(
      `symbol must be a market's name such as BTCUSDT: current value is "${symbol}"`,
    );
  }
  const assets = assetsOf(symbol);
  const known = DOLLAR_ASSETS.includes(assets.quoteAsset) ? KNOWN.get(assets.baseAsset) : undefined;
  return { symbol, ...assets, ...(known ?? derivedLevel(symbol)) };
}
