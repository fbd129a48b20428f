import { basename } from "node:path";
import { symbolOfFile } from "../../../data/files/file_name.ts";
import { type RowErrorCount, RowErrorLog } from "../../../data/files/row_errors.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Market, MarketSource } from "../source.ts";
import { RecordedMarket } from "./market.ts";
import { readRecordedKlines } from "./recorded_klines.ts";
import { lowerBound } from "../trade_columns.ts";
import { readRecordedTrades, type RecordedTrades } from "./recorded_trades.ts";

/** Binance's history files: CSV, plain, gzip or zip; each name begins with its symbol. */
export interface RecordedFiles {
  /** Files of aggregate or raw trades, to be replayed. */
  readonly trades?: readonly string[];
  /** Files of one-minute klines before and around the trades. */
  readonly klines?: readonly string[];
}

/** A recorded market. */
export interface RecordedSource extends MarketSource {
  /** Rows of the files that were left out. */
  readonly rowErrors: readonly RowErrorCount[];
}

function symbolOf(path: string): string {
  const symbol = symbolOfFile(path);
  if (symbol !== undefined) return symbol;
  throw new SyntaxError(
    `the name of a history file must begin with its symbol, as in BTCUSDT-aggTrades-2025-01-31.zip: ` +
      `current value is ${basename(path)}`,
  );
}

/**
 * When the trades of a market begin to be sent, ms UTC: with the first minute that is recorded from
 * its start. Of an earlier one the exchange had trades that the files lack, so that its open would be
 * wrong. A recording without such a minute begins with its first trade.
 */
function beginning({ columns, covered }: RecordedTrades): number {
  const [first = Infinity] = columns.time;
  const whole = Math.ceil((covered[0]?.from ?? first) / MINUTE_MS) * MINUTE_MS;
  const next = columns.time[lowerBound(columns.time, whole, 0, columns.time.length)];
  return next ?? first;
}

/**
 * Opens the markets of Binance's history files. The recording runs from the first whole minute to
 * the last trade; without trades its clock stays at the end of the klines.
 *
 * @throws RangeError when no file is given.
 * @throws SyntaxError naming a file that holds something else, or too many unusable rows.
 */
export async function recordedMarket(
  { trades = [], klines = [] }: RecordedFiles,
): Promise<RecordedSource> {
  if (trades.length + klines.length === 0) {
    throw new RangeError(
      "a recorded market must have at least one file of trades or klines: current number is 0",
    );
  }
  const tradeFiles = Map.groupBy(trades, symbolOf);
  const klineFiles = Map.groupBy(klines, symbolOf);
  const markets = new Map<string, Market>();
  const klineErrors = new RowErrorLog();
  const tradeErrors: RowErrorCount[] = [];
  let from = Infinity;
  let to = -Infinity;
  let klinesEnd = -Infinity;
  for (const symbol of new Set([...tradeFiles.keys(), ...klineFiles.keys()])) {
    const ofTrades = tradeFiles.get(symbol);
    const ofKlines = klineFiles.get(symbol);
    const recordedTrades = ofTrades && await readRecordedTrades(symbol, ofTrades);
    const recordedKlines = ofKlines && await readRecordedKlines(ofKlines, klineErrors);
    markets.set(symbol, new RecordedMarket(symbol, recordedTrades, recordedKlines));
    tradeErrors.push(...recordedTrades?.rowErrors ?? []);
    from = Math.min(from, recordedTrades === undefined ? Infinity : beginning(recordedTrades));
    to = Math.max(to, recordedTrades?.columns.time.at(-1) ?? -Infinity);
    klinesEnd = Math.max(klinesEnd, (recordedKlines?.to ?? -Infinity) + MINUTE_MS);
  }
  return {
    instruments: [...markets.values()].map((market) => market.instrument),
    recording: trades.length > 0 ? { from, to } : { from: klinesEnd, to: klinesEnd },
    market: (symbol) => markets.get(symbol),
    rowErrors: [...tradeErrors, ...klineErrors.counts()],
  };
}
