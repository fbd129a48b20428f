import { MINUTE_MS } from "../../../data/schema/time.ts";
import { basename } from "node:path";
import { symbolOfFile } from "../../../data/files/file_name.ts";
import type { Market, MarketSource } from "../source.ts";
import { readHistory } from "./history.ts";
import { RecordedMarket } from "./market.ts";
import { readTape } from "./tape.ts";

/** History files of Binance: CSV, plain, `.gz` or `.zip`; each name begins with its symbol. */
export interface RecordedFiles {
  /** Files of aggregate or raw trades, to be replayed. */
  readonly trades?: readonly string[];
  /** Files of one-minute klines before and around the trades. */
  readonly klines?: readonly string[];
}

function symbolOf(path: string): string {
  const symbol = symbolOfFile(path);
  if (symbol !== undefined) return symbol;
  throw new SyntaxError(
    `a history file's name must begin with its symbol, as in BTCUSDT-aggTrades-2025-01-31.zip: ` +
      `given is ${basename(path)}`,
  );
}

/**
 * The market that Binance's history files hold. The recording runs from the first trade to the
 * last; without trades it stands at the end of the klines.
 *
 * @throws RangeError when no file is given; SyntaxError naming the file that cannot be understood.
 */
export async function recordedMarket(
  { trades = [], klines = [] }: RecordedFiles,
): Promise<MarketSource> {
  if (trades.length + klines.length === 0) {
    throw new RangeError("a recorded market needs at least one file of trades or klines");
  }
  const tradeFiles = Map.groupBy(trades, symbolOf);
  const klineFiles = Map.groupBy(klines, symbolOf);
  const markets = new Map<string, Market>();
  let from = Infinity;
  let to = -Infinity;
  let klinesEnd = -Infinity;
  for (const symbol of new Set([...tradeFiles.keys(), ...klineFiles.keys()])) {
    const tape = tradeFiles.get(symbol);
    const history = klineFiles.get(symbol);
    const recordedTape = tape && await readTape(tape);
    const recordedHistory = history && await readHistory(history);
    markets.set(symbol, new RecordedMarket(symbol, recordedTape, recordedHistory));
    from = Math.min(from, recordedTape?.columns.time[0] ?? Infinity);
    to = Math.max(to, recordedTape?.columns.time.at(-1) ?? -Infinity);
    klinesEnd = Math.max(klinesEnd, (recordedHistory?.to ?? -Infinity) + MINUTE_MS);
  }
  return {
    instruments: [...markets.values()].map((market) => market.instrument),
    recording: trades.length > 0 ? { from, to } : { from: klinesEnd, to: klinesEnd },
    market: (symbol) => markets.get(symbol),
  };
}
