import {
  type Parsed,
  parseField,
  type RowFormat,
  SourceRows,
  toMilliseconds,
} from "./source_rows.ts";
import { excerpt } from "./lines.ts";
import { isRawTrade } from "./trades.ts";

/** The numbers of a trade, in the order in which its row holds them. */
export const TRADE_COLUMNS = [
  "id",
  "price",
  "quantity",
  "first_trade_id",
  "last_trade_id",
  "trade_time",
  "buyer_is_maker",
] as const;

/** Name of a column of trades. */
export type TradeColumn = (typeof TRADE_COLUMNS)[number];

/**
 * Why a row was left out.
 *
 * - `unreadable`: a column is missing or is not what it must be
 * - `not_finite`: a NaN or an infinity
 * - `negative`: a price or a quantity that is not above 0, or an id below 0
 * - `conflict`: an earlier row says something else of the same id; the earlier one stands
 */
export type TradeFault = "unreadable" | "not_finite" | "negative" | "conflict";

/** The trades of one market as they were read, void ones included. */
export type TradeRows = SourceRows<TradeFault>;

/** Trades that are yet to be read. */
export function createTradeRows(symbol: string, market: string): TradeRows {
  return new SourceRows(symbol, market, TRADE_COLUMNS.length);
}

/** Columns that a trade must have; Binance's last one is to be ignored. */
const MIN_COLUMNS = 6;

function parse(fields: readonly string[], columns: number): Parsed<TradeFault> {
  const raw = isRawTrade(fields);
  if (fields.length !== columns || columns < (raw ? MIN_COLUMNS : MIN_COLUMNS + 1)) {
    const what = `there must be ${
      Math.max(columns, MIN_COLUMNS)
    } columns: there are ${fields.length}`;
    return { kind: "unreadable", what };
  }
  const row: number[] = [];
  // A raw trade is an aggregate of its own.
  for (const [i, place] of (raw ? [0, 1, 2, 0, 0] : [0, 1, 2, 3, 4]).entries()) {
    const value = parseField(fields[place], TRADE_COLUMNS[i] ?? "");
    if (typeof value !== "number") return value;
    row.push(value);
  }
  const time = fields[timeField(fields)];
  const ms = toMilliseconds(Number(time));
  if (Number.isNaN(ms)) {
    const what = `time must be in ms or us since 1970: it is ${excerpt(time)}`;
    return { kind: "unreadable", what };
  }
  const maker = fields[timeField(fields) + 1]?.trim().toLowerCase();
  if (maker !== "true" && maker !== "false") {
    const what = `is_buyer_maker must be true or false: it is ${excerpt(maker)}`;
    return { kind: "unreadable", what };
  }
  return [...row, ms, maker === "true" ? 1 : 0];
}

function timeField(fields: readonly string[]): number {
  return isRawTrade(fields) ? 4 : 5;
}

/** Aggregate or raw trades, times in milliseconds or microseconds. */
export const TRADE_FORMAT: RowFormat<TradeFault> = {
  timeField,
  checkHeader() {},
  parse,
};
