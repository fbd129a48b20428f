import { checkHeader, MINUTE_MS } from "./klines.ts";
import { excerpt } from "./lines.ts";
import {
  type Parsed,
  parseField,
  type RowFormat,
  SourceRows,
  toMilliseconds,
} from "./source_rows.ts";

/** The numbers of a bar, in the order in which its row holds them; all but the first may be NaN. */
export const BAR_COLUMNS = [
  "open_time",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "quote_volume",
  "num_trades",
  "taker_buy_volume",
  "taker_buy_quote_volume",
] as const;

/** Name of a column of bars. */
export type BarColumn = (typeof BAR_COLUMNS)[number];

/**
 * Why a row was left out.
 *
 * - `unreadable`: a column is missing or is no number, or the kline is not of one minute
 * - `not_finite`: a NaN or an infinity
 * - `negative`: a price that is not above 0, or a volume or a count below 0
 * - `ohlc`: the low is not the lowest, or the high not the highest price
 * - `misaligned`: it does not open on a full minute
 * - `incomplete`: the service knows that trades of the minute are missing
 * - `conflict`: an earlier row says something else of the same minute; the earlier one stands
 */
export type BarFault =
  | "unreadable"
  | "not_finite"
  | "negative"
  | "ohlc"
  | "misaligned"
  | "incomplete"
  | "conflict";

/** The bars of one market as they were read. */
export type BarRows = SourceRows<BarFault>;

/** Bars that are yet to be read. */
export function createBarRows(symbol: string, market: string): BarRows {
  return new SourceRows(symbol, market, BAR_COLUMNS.length);
}

/** Columns of an OHLCV-only line; one more than the numbers that every kline has. */
const OHLCV_COLUMNS = 6;
/** Columns that a line must have to tell all; Binance's twelfth is to be ignored. */
const ALL_COLUMNS = 11;
const CLOSE_TIME = 6;

function parse(fields: readonly string[], columns: number): Parsed<BarFault> {
  if (fields.length !== columns || columns < OHLCV_COLUMNS) {
    const wanted = columns < OHLCV_COLUMNS ? "6 or 12" : columns;
    const what = `there must be ${wanted} columns: there are ${fields.length}`;
    return { kind: "unreadable", what };
  }
  const time = toMilliseconds(Number(fields[0]));
  if (Number.isNaN(time)) {
    const what = `open_time must be in ms or us since 1970: it is ${excerpt(fields[0])}`;
    return { kind: "unreadable", what };
  }
  const row = [time];
  const all = columns >= ALL_COLUMNS;
  for (let i = 1; i < (all ? BAR_COLUMNS.length : OHLCV_COLUMNS); i++) {
    // Binance's files have the close time in between.
    const field = fields[i < OHLCV_COLUMNS ? i : i + 1];
    const value = i >= OHLCV_COLUMNS && field === ""
      ? NaN
      : parseField(field, BAR_COLUMNS[i] ?? "");
    if (typeof value !== "number") return value;
    row.push(value);
  }
  if (!all) return row;
  const length = Math.floor(toMilliseconds(Number(fields[CLOSE_TIME]))) + 1 - Math.floor(time);
  if (length === MINUTE_MS) return row;
  return { kind: "unreadable", what: `a kline must be of one minute: it lasts ${length} ms` };
}

/** Klines: 6 (OHLCV) or 12 columns, times in milliseconds or microseconds. */
export const KLINE_FORMAT: RowFormat<BarFault> = {
  timeField: () => 0,
  checkHeader,
  parse,
};
