import { isSymbol } from "../../../data/common/symbol.ts";
import type { Market, MarketSource } from "../source.ts";
import { RequestError } from "./response.ts";

/** The most rows in one response. */
const MAX_LIMIT = 1000;

const DEFAULT_LIMIT = 500;

const SYMBOL = /^[A-Z0-9-_.]{1,20}$/;

function mandatory(query: URLSearchParams, name: string): string {
  const value = query.get(name);
  if (value) return value;
  throw new RequestError(
    -1102,
    `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`,
  );
}

/**
 * The market of a symbol.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError -1100 or -1121 when there is none.
 */
export function marketOf(source: MarketSource, symbol: string, now: number): Market {
  if (!SYMBOL.test(symbol) && !isSymbol(symbol)) {
    throw new RequestError(
      -1100,
      "Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'.",
    );
  }
  const market = source.market(symbol);
  if (market && source.stateAt?.(symbol, now) !== "unlisted") return market;
  throw new RequestError(-1121, "Invalid symbol.");
}

/**
 * The market of the parameter `symbol`.
 *
 * @param now Exchange time, ms UTC.
 * @throws RequestError -1102, -1100 or -1121 when it is missing or there is no such market.
 */
export function marketParameter(
  source: MarketSource,
  query: URLSearchParams,
  now: number,
): Market {
  return marketOf(source, mandatory(query, "symbol"), now);
}

/**
 * Checks the parameter `interval`; there are one-minute klines only.
 *
 * @throws RequestError -1102 or -1120.
 */
export function checkInterval(query: URLSearchParams): void {
  if (mandatory(query, "interval") !== "1m") throw new RequestError(-1120, "Invalid interval.");
}

/**
 * A non-negative whole number; undefined when it is absent.
 *
 * @throws RequestError -1100 when it is something else.
 */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = Number(text);
  if (/^\d{1,20}$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new RequestError(
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '^[0-9]{1,20}$'.`,
  );
}

/**
 * The parameter `limit`: 500 by default and 1000 at most, as at Binance.
 *
 * @throws RequestError -1100 or -1130.
 */
export function limitParameter(query: URLSearchParams): number {
  const limit = wholeNumber(query, "limit") ?? DEFAULT_LIMIT;
  if (limit === 0) throw new RequestError(-1130, "Data sent for parameter 'limit' is not valid.");
  return Math.min(limit, MAX_LIMIT);
}
