import type { Kline } from "../schema/kline.ts";
import { MINUTE_MS } from "../schema/time.ts";
import { excerpt, type OnRead, parseNumber, parseTime, type Place, readLines } from "./lines.ts";

const OHLCV = ["open", "high", "low", "close", "volume"];

/**
 * Refuses a header with other columns than those of klines.
 *
 * @throws SyntaxError naming the file and what its header says.
 */
export function checkHeader(fields: string[], place: Place): void {
  const names = fields.slice(1, 6).map((name) => name.trim().toLowerCase());
  if (OHLCV.some((name, i) => names[i] !== name)) {
    throw new SyntaxError(
      `${place.path}:${place.line}: columns must be open_time,${OHLCV.join(",")} and, ` +
        `where known, Binance's further ones: the header is ${excerpt(fields.join(","))}`,
    );
  }
}

function parseKline(fields: string[], place: Place): Kline {
  const kline = {
    open_time: parseTime(fields[0], "open_time", place),
    open: parseNumber(fields[1], "open", place),
    high: parseNumber(fields[2], "high", place),
    low: parseNumber(fields[3], "low", place),
    close: parseNumber(fields[4], "close", place),
    volume: parseNumber(fields[5], "volume", place),
  };
  if (fields.length < 11) return kline;
  const closeTime = parseTime(fields[6], "close_time", place);
  if (closeTime - kline.open_time !== MINUTE_MS - 1) {
    throw new SyntaxError(
      `${place.path}:${place.line}: a kline must be of one minute: it lasts ${
        closeTime - kline.open_time + 1
      } ms`,
    );
  }
  return {
    ...kline,
    quote_volume: parseNumber(fields[7], "quote_volume", place),
    num_trades: parseNumber(fields[8], "num_trades", place),
    taker_buy_volume: parseNumber(fields[9], "taker_buy_volume", place),
    taker_buy_quote_volume: parseNumber(fields[10], "taker_buy_quote_volume", place),
  };
}

/**
 * Reads candlesticks from a Binance history file, in the order of the file.
 *
 * @param path CSV, plain, `.gz` or `.zip`, with or without header, 6 (OHLCV) or 12 columns,
 *   times in milliseconds or microseconds.
 * @returns Chunks of candlesticks; nothing is sorted, dropped or repaired.
 * @throws SyntaxError naming file, line and column for a row that cannot be understood.
 */
export async function* readKlines(path: string, onRead?: OnRead): AsyncGenerator<Kline[]> {
  let line = 0;
  for await (const lines of readLines(path, onRead)) {
    const klines: Kline[] = [];
    for (const text of lines) {
      const place = { path, line: ++line };
      const fields = text.split(",");
      if (line === 1 && !/^\d/.test(text)) checkHeader(fields, place);
      else klines.push(parseKline(fields, place));
    }
    if (klines.length > 0) yield klines;
  }
}
