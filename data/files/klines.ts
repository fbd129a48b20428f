import { type Kline, KLINE_COLUMNS } from "../schema/kline.ts";
import { findMinuteError } from "../schema/sound.ts";
import { MINUTE_MS } from "../schema/time.ts";
import type { Fields } from "./fields.ts";
import type { OnRead } from "./lines.ts";
import { type RowErrorLog, RowFault } from "./row_errors.ts";
import { parseNumber, parseTime, readRows, type RowChunk, type RowFormat } from "./rows.ts";

/** What is wrong with the numbers of a kline; undefined when it is sound. */
export function findKlineFault(kline: Kline): RowFault | undefined {
  const error = findMinuteError(kline.open_time, kline);
  return error && new RowFault(error.kind, error.what);
}

/** Columns of an OHLCV-only row. */
const OHLCV_COLUMNS = 6;
/** Columns of a complete row; Binance's twelfth is to be ignored. */
const ALL_COLUMNS = 11;
/** The column between the volumes that {@linkcode KLINE_COLUMNS} leaves out. */
const CLOSE_TIME = 6;

/** Place of each of the numbers after the open time in a complete row. */
const PLACES = [1, 2, 3, 4, 5, 7, 8, 9, 10];

function parse(fields: Fields, columns: number): Kline | RowFault {
  if (fields.length !== columns || columns < OHLCV_COLUMNS) {
    const wanted = columns < OHLCV_COLUMNS ? "6 or 12" : columns;
    const what = `there must be ${wanted} columns: current number is ${fields.length}`;
    return new RowFault("unreadable", what);
  }
  const openTime = parseTime(fields, 0, "open_time");
  if (typeof openTime !== "number") return openTime;
  const complete = columns >= ALL_COLUMNS;
  const numbers: number[] = [];
  for (let i = 0; i < (complete ? PLACES.length : OHLCV_COLUMNS - 1); i++) {
    const place = PLACES[i] ?? 0;
    const value = parseNumber(fields, place, KLINE_COLUMNS[i + 1] ?? "");
    if (typeof value === "number") numbers.push(value);
    else if (place > CLOSE_TIME && fields.text(place) === "") numbers.push(NaN);
    else return value;
  }
  if (complete) {
    const fault = checkLength(openTime, parseTime(fields, CLOSE_TIME, "close_time"));
    if (fault !== undefined) return fault;
  }
  const kline = klineOf(openTime, numbers);
  return findKlineFault(kline) ?? kline;
}

function checkLength(openTime: number, closeTime: number | RowFault): RowFault | undefined {
  if (typeof closeTime !== "number") return closeTime;
  const length = Math.floor(closeTime) + 1 - Math.floor(openTime);
  if (length === MINUTE_MS) return undefined;
  const what = `a kline must last ${MINUTE_MS} ms: current value is ${length} ms`;
  return new RowFault("unreadable", what);
}

/**
 * Makes a kline of its numbers.
 *
 * @param numbers The columns after the open time; those beyond the volume are absent or NaN where
 *   they are not known.
 */
export function klineOf(open_time: number, numbers: readonly number[]): Kline {
  const open = numbers[0] ?? NaN;
  const high = numbers[1] ?? NaN;
  const low = numbers[2] ?? NaN;
  const close = numbers[3] ?? NaN;
  const volume = numbers[4] ?? NaN;
  if (numbers.length <= OHLCV_COLUMNS - 1) return { open_time, open, high, low, close, volume };
  const quote_volume = numbers[5] ?? NaN;
  const num_trades = numbers[6] ?? NaN;
  const taker_buy_volume = numbers[7] ?? NaN;
  const taker_buy_quote_volume = numbers[8] ?? NaN;
  const flow = { quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume };
  if (!Number.isNaN(quote_volume + num_trades + taker_buy_volume + taker_buy_quote_volume)) {
    return { open_time, open, high, low, close, volume, ...flow };
  }
  const known = Object.entries(flow).filter(([, value]) => !Number.isNaN(value));
  return { open_time, open, high, low, close, volume, ...Object.fromEntries(known) };
}

const OHLCV = ["open", "high", "low", "close", "volume"];

const FORMAT: RowFormat<Kline> = {
  noun: "klines",
  header: `open_time,${OHLCV.join(",")} and, where known, Binance's further columns`,
  isHeader: (names) => OHLCV.every((name, i) => names[i + 1] === name),
  timeField: () => 0,
  parse,
};

/**
 * Reads one-minute candlesticks from a Binance history file, in the order of the file.
 *
 * @param path CSV, plain, gzip or zip, with or without header, 6 (OHLCV) or 12 columns, times in
 *   milliseconds or microseconds.
 * @param errors Receives the rows that were left out.
 * @throws As {@linkcode readRows} does.
 */
export function readKlines(
  path: string,
  errors: RowErrorLog,
  onRead?: OnRead,
): AsyncGenerator<RowChunk<Kline>> {
  return readRows(path, FORMAT, errors, onRead);
}
