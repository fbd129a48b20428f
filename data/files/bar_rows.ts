import { checkHeader } from "./klines.ts";
import { MINUTE_MS } from "../schema/time.ts";
import { excerpt } from "./lines.ts";
import {
  type Parsed,
  parseField,
  type RowFormat,
  SourceRows,
  toMilliseconds,
} from "./source_rows.ts";
import { KLINE_COLUMNS } from "../schema/kline.ts";
import type { MinuteError } from "../schema/sound.ts";

/**
 * Why a row was left out: what {@linkcode MinuteError} says of its numbers, or
 *
 * - `unreadable`: a column is missing or is no number, or the kline is not of one minute
 * - `incomplete`: the service knows that trades of the minute are missing
 * - `conflict`: an earlier row says something else of the same minute; the earlier one stands
 */
export type BarFault =
  | "unreadable"
  | MinuteError["kind"]
  | "incomplete"
  | "conflict";

/** The bars of one market as they were read. */
export type BarRows = SourceRows<BarFault>;

/** Bars that are yet to be read. */
export function createBarRows(symbol: string, market: string): BarRows {
  return new SourceRows(symbol, market, KLINE_COLUMNS.length);
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
  for (let i = 1; i < (all ? KLINE_COLUMNS.length : OHLCV_COLUMNS); i++) {
    // Binance's files have the close time in between.
    const field = fields[i < OHLCV_COLUMNS ? i : i + 1];
    const value = i >= OHLCV_COLUMNS && field === ""
      ? NaN
      : parseField(field, KLINE_COLUMNS[i] ?? "");
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
