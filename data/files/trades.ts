import { excerpt, type OnRead, parseNumber, parseTime, type Place, readLines } from "./lines.ts";

/** One row of a trade history file. */
export interface TradeRow {
  /** Aggregate trade id, or the trade id in a file of raw trades. */
  readonly id: number;
  readonly price: number;
  /** Base currency. */
  readonly quantity: number;
  readonly firstTradeId: number;
  readonly lastTradeId: number;
  /** Trade time, ms UTC. */
  readonly time: number;
  /** True when the aggressor sold. */
  readonly buyerIsMaker: boolean;
}

function parseBoolean(text: string | undefined, column: string, place: Place): boolean {
  const value = text?.toLowerCase();
  if (value === "true" || value === "false") return value === "true";
  throw new SyntaxError(
    `${place.path}:${place.line}: ${column} must be true or false: current value is ${
      excerpt(text)
    }`,
  );
}

/** Raw trade files have quote quantity and time where aggregates have trade ids. */
export function isRawTrade(fields: readonly string[]): boolean {
  return Number(fields[4]) > 1e12;
}

/** Rows that stand for nothing: price 0, quantity 0, ids -1. */
function isVoid(trade: TradeRow): boolean {
  return trade.price === 0 && trade.quantity === 0;
}

function check(trade: TradeRow, place: Place): TradeRow {
  const { id, price, quantity } = trade;
  const refuse = (what: string, value: number): never => {
    throw new SyntaxError(`${place.path}:${place.line}: ${what}: current value is ${value}`);
  };
  if (!(price > 0)) refuse("price must be above 0", price);
  if (!(quantity > 0)) refuse("quantity must be above 0", quantity);
  if (!(Number.isSafeInteger(id) && id >= 0)) refuse("id must be a whole number from 0", id);
  return trade;
}

function parseTrade(fields: string[], place: Place): TradeRow {
  const id = parseNumber(fields[0], "id", place);
  const raw = isRawTrade(fields);
  return {
    id,
    price: parseNumber(fields[1], "price", place),
    quantity: parseNumber(fields[2], "quantity", place),
    firstTradeId: raw ? id : parseNumber(fields[3], "first_trade_id", place),
    lastTradeId: raw ? id : parseNumber(fields[4], "last_trade_id", place),
    time: parseTime(fields[raw ? 4 : 5], "time", place),
    buyerIsMaker: parseBoolean(fields[raw ? 5 : 6], "is_buyer_maker", place),
  };
}

/**
 * Reads trades from a Binance `aggTrades` or `trades` history file, in the order of the file.
 * Void rows (price 0, quantity 0, ids -1), which Binance's files contain, are left out.
 *
 * @param path CSV, plain, `.gz` or `.zip`, with or without header, times in ms or us.
 * @throws SyntaxError naming file, line and column for a row that cannot be understood.
 */
export async function* readTrades(path: string, onRead?: OnRead): AsyncGenerator<TradeRow[]> {
  let line = 0;
  for await (const lines of readLines(path, onRead)) {
    const trades: TradeRow[] = [];
    for (const text of lines) {
      line++;
      if (line === 1 && !/^\d/.test(text)) continue;
      const place = { path, line };
      const trade = parseTrade(text.split(","), place);
      if (!isVoid(trade)) trades.push(check(trade, place));
    }
    if (trades.length > 0) yield trades;
  }
}
