import type { Kline } from "../../../data/schema/kline.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import type { Listing } from "../exchange.ts";

function shown(row: unknown): string {
  return (JSON.stringify(row) ?? String(row)).slice(0, 200);
}

/**
 * A row of `GET /api/v3/klines`.
 *
 * @throws TypeError for a malformed row.
 */
export function klineOfRow(row: unknown): Kline {
  const values = Array.isArray(row) ? row.map(Number) : [];
  const [open_time = NaN, open = NaN, high = NaN, low = NaN, close = NaN, volume = NaN] = values;
  const kline = { open_time, open, high, low, close, volume };
  const [quote_volume = NaN, num_trades = NaN, taker_buy_volume = NaN] = values.slice(7);
  const taker_buy_quote_volume = values[10] ?? NaN;
  const flow = { quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume };
  if (![...Object.values(kline), ...Object.values(flow)].every(Number.isFinite)) {
    throw new TypeError(
      `Cannot use the answer as the exchange sent a malformed kline: ${shown(row)}`,
    );
  }
  // Volume without a trade is impossible: this source lacks the columns beyond volume.
  return volume > 0 && num_trades === 0 ? kline : { ...kline, ...flow };
}

function isWhole(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * A row of `GET /api/v3/aggTrades`: the fields `a,p,q,f,l,T,m`. Rows `p=0,q=0,f=-1,l=-1` are void:
 * they only take an id, and become a trade of quantity 0.
 *
 * @throws TypeError for a malformed row.
 */
export function tradeOfRow(symbol: string, row: unknown): Trade {
  const fields: Readonly<Record<string, unknown>> = { ...(row instanceof Object ? row : {}) };
  const { a: id, f: firstTradeId, l: lastTradeId, T: time, m: buyerIsMaker } = fields;
  const price = Number(fields.p);
  const quantity = Number(fields.q);
  if (!isWhole(id) || !isWhole(time) || typeof buyerIsMaker !== "boolean") {
    throw malformedTrade(row);
  }
  if (firstTradeId === -1 && lastTradeId === -1) {
    return { symbol, id, price: 0, quantity: 0, firstTradeId, lastTradeId, time, buyerIsMaker };
  }
  const valid = isWhole(firstTradeId) && isWhole(lastTradeId) && lastTradeId >= firstTradeId &&
    price > 0 && price < Infinity && quantity > 0 && quantity < Infinity;
  if (!valid) throw malformedTrade(row);
  return { symbol, id, price, quantity, firstTradeId, lastTradeId, time, buyerIsMaker };
}

function malformedTrade(row: unknown): TypeError {
  return new TypeError(
    `Cannot use the answer as the exchange sent a malformed trade: ${shown(row)}`,
  );
}

/**
 * The name of a row of `GET /api/v3/ticker/price`.
 *
 * @throws TypeError for a row without one.
 */
export function nameOfRow(row: unknown): string {
  const { symbol }: Readonly<Record<string, unknown>> = { ...(row instanceof Object ? row : {}) };
  if (typeof symbol === "string") return symbol;
  throw new TypeError(
    `Cannot use the answer as the exchange sent a malformed market: ${shown(row)}`,
  );
}

/**
 * The name and the state of a symbol of `GET /api/v3/exchangeInfo`. Only `TRADING` is trading: `HALT`,
 * `BREAK`, `END_OF_DAY` (enums.md) and states that may come are not.
 *
 * @throws TypeError for a row without them.
 */
export function listingOfRow(row: unknown): readonly [symbol: string, listing: Listing] {
  const { status }: Readonly<Record<string, unknown>> = { ...(row instanceof Object ? row : {}) };
  if (typeof status === "string") {
    return [nameOfRow(row), status === "TRADING" ? "trading" : "stopped"];
  }
  throw new TypeError(
    `Cannot use the answer as the exchange sent a market without a status: ${shown(row)}`,
  );
}
