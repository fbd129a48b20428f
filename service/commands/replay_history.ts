import type { HistoryFile } from "../../models/training/train_on_files.ts";
import { readKlinesInOrder, sortKlineFiles } from "../../data/files/kline_order.ts";
import type { OnRead } from "../../data/files/lines.ts";
import { RowErrorLog } from "../../data/files/row_errors.ts";
import {
  readTradesInOrder,
  TradeOrderLog,
  type TradeOrderOptions,
} from "../../data/files/trade_order.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { Signal } from "../../data/schema/signal.ts";
import type { Engine } from "../engine/engine.ts";
import { barOfKline } from "../ingest/bars/kline_bar.ts";
import { barsOfTrades } from "../ingest/bars/trade_history.ts";

/** History to replay; files and rows may be in any order. */
export interface ReplayInput {
  /** What the files hold: one-minute klines, or trades, of which bars are built first. */
  readonly kind: "bars" | "trades";
  readonly files: readonly HistoryFile[];
  /** Called with the bytes read since the last call. */
  readonly onRead?: OnRead;
}

/** What a replay left out. */
export class Skipped {
  /** Rows of the files that cannot be used. */
  readonly rows = new RowErrorLog();
  /** Trades that are missing between those of the files, and rows that repeat one. */
  readonly trades = new TradeOrderLog();
  /** Bars not later than the one before. */
  late = 0;
}

async function* barsOfKlines(
  { files, onRead }: ReplayInput,
  errors: RowErrorLog,
): AsyncGenerator<readonly Bar[]> {
  for (const { path, symbol } of await sortKlineFiles(files)) {
    for await (const rows of readKlinesInOrder(path, errors, onRead)) {
      yield rows.map((kline) => barOfKline(symbol, "replay", kline));
    }
  }
}

async function* tradesOf(symbol: string, paths: readonly string[], options: TradeOrderOptions) {
  for await (const rows of readTradesInOrder(paths, options)) {
    yield rows.map((row) => ({ symbol, ...row }));
  }
}

/** Trades of a market continue from file to file. */
async function* barsBuilt(
  { files, onRead }: ReplayInput,
  { rows: errors, trades: order }: Skipped,
): AsyncGenerator<readonly Bar[]> {
  for (const [symbol, ofSymbol] of Map.groupBy(files, (file) => file.symbol)) {
    const paths = ofSymbol.map(({ path }) => path);
    yield* barsOfTrades(tradesOf(symbol, paths, { errors, order, onRead }), "replay");
  }
}

/**
 * Runs history through an engine, as fast as it goes.
 *
 * @param skipped Receives what was left out.
 * @returns The signals, a batch at a time.
 * @throws SyntaxError naming a file that holds something else, or too many unusable rows.
 */
export async function* replayHistory(
  engine: Engine,
  input: ReplayInput,
  skipped: Skipped,
): AsyncGenerator<readonly Signal[]> {
  const batches = input.kind === "bars"
    ? barsOfKlines(input, skipped.rows)
    : barsBuilt(input, skipped);
  for await (const bars of batches) {
    const signals: Signal[] = [];
    for (const bar of bars) {
      if (bar.timestamp > (engine.lastTime(bar.symbol) ?? -1)) signals.push(engine.push(bar));
      else skipped.late++;
    }
    yield signals;
  }
}
