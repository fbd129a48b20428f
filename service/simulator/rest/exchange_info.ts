import { formatDecimal } from "../decimal.ts";
import type { Instrument, MarketSource } from "../source.ts";
import { RequestError } from "./response.ts";
import { marketOf } from "./parameters.ts";

function toSymbol(instrument: Instrument, isHalted: boolean): unknown {
  const { symbol, baseAsset, quoteAsset, priceDecimals, quantityDecimals } = instrument;
  const tickSize = formatDecimal(1, priceDecimals);
  const stepSize = formatDecimal(1, quantityDecimals);
  return {
    symbol,
    status: isHalted ? "BREAK" : "TRADING",
    baseAsset,
    baseAssetPrecision: 8,
    quoteAsset,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      { filterType: "PRICE_FILTER", minPrice: tickSize, maxPrice: "1000000.00000000", tickSize },
      { filterType: "LOT_SIZE", minQty: stepSize, maxQty: "90000000000.00000000", stepSize },
    ],
    permissions: ["SPOT"],
  };
}

function symbolList(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new RequestError(-1135, "JSON sent for parameter 'symbols' is not valid");
}

/** The markets that the exchange knows at a time, ms UTC. */
export function listedInstruments(source: MarketSource, now: number): readonly Instrument[] {
  return source.instruments.filter(({ symbol }) => source.stateAt?.(symbol, now) !== "unlisted");
}

/**
 * `GET /api/v3/exchangeInfo`: all markets, or those of `symbol=` or `symbols=[...]`.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError for parameters that Binance refuses.
 */
export function exchangeInfo(source: MarketSource, query: URLSearchParams, now: number): unknown {
  const symbol = query.get("symbol");
  const symbols = query.get("symbols");
  if (symbol !== null && symbols !== null) {
    throw new RequestError(-1128, "Combination of optional parameters invalid.");
  }
  const wanted = symbol !== null ? [symbol] : symbols !== null ? symbolList(symbols) : undefined;
  const instruments = wanted?.map((name) => marketOf(source, name, now).instrument) ??
    listedInstruments(source, now);
  return {
    timezone: "UTC",
    serverTime: now,
    rateLimits: [
      { rateLimitType: "REQUEST_WEIGHT", interval: "MINUTE", intervalNum: 1, limit: 6000 },
    ],
    exchangeFilters: [],
    symbols: instruments.map((instrument) =>
      toSymbol(instrument, source.stateAt?.(instrument.symbol, now) === "halted")
    ),
  };
}
