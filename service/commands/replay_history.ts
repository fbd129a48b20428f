import { isSound } from "../../data/schema/kline.ts";
import type { HistoryFile } from "../../models/training/train_on_files.ts";
import { readKlines } from "../../data/files/klines.ts";
import type { OnRead } from "../../data/files/lines.ts";
import { readTrades } from "../../data/files/trades.ts";
import type { Bar } from "../../data/schema/bar.ts";
import type { Signal } from "../../data/schema/signal.ts";
import type { Engine } from "../engine/engine.ts";
import { barOfKline } from "../ingest/bars/kline_bar.ts";
import { barsOfTrades } from "../ingest/bars/trade_history.ts";

/** History to replay; the files of a market are in the order of time. */
export interface ReplayInput {
  /** What the files hold: one-minute klines, or trades, of which bars are built first. */
  readonly kind: "bars" | "trades";
  readonly files: readonly HistoryFile[];
  /** Called with the bytes read since the last call. */
  readonly onRead?: OnRead;
}

/** Bars that a replay skipped, by reason. */
export interface SkippedBars {
  /** Impossible prices or volumes, or an open time off the minute. */
  unsound: number;
  /** Not later than the bar before. */
  late: number;
}

async function* barsOfKlines(
  { files, onRead }: ReplayInput,
  skipped: SkippedBars,
): AsyncGenerator<readonly Bar[]> {
  for (const { path, symbol } of files) {
    for await (const klines of readKlines(path, onRead)) {
      const sound = klines.filter(isSound);
      skipped.unsound += klines.length - sound.length;
      yield sound.map((kline) => barOfKline(symbol, "replay", kline));
    }
  }
}

async function* tradesOfFiles(files: readonly HistoryFile[], onRead: OnRead | undefined) {
  for (const { path, symbol } of files) {
    for await (const rows of readTrades(path, onRead)) {
      yield rows.map((row) => ({ symbol, ...row }));
    }
  }
}

/** Trades of a market continue from file to file. */
async function* barsBuilt({ files, onRead }: ReplayInput): AsyncGenerator<readonly Bar[]> {
  for (const ofSymbol of Map.groupBy(files, ({ symbol }) => symbol).values()) {
    yield* barsOfTrades(tradesOfFiles(ofSymbol, onRead), "replay");
  }
}

/**
 * Runs history through an engine, as fast as it goes.
 *
 * @param skipped Counts the bars that were skipped.
 * @returns The signals, a batch at a time.
 * @throws SyntaxError or RangeError naming the file with a row that cannot be read.
 */
export async function* replayHistory(
  engine: Engine,
  input: ReplayInput,
  skipped: SkippedBars = { unsound: 0, late: 0 },
): AsyncGenerator<readonly Signal[]> {
  const batches = input.kind === "bars" ? barsOfKlines(input, skipped) : barsBuilt(input);
  for await (const bars of batches) {
    const signals: Signal[] = [];
    for (const bar of bars) {
      if (bar.timestamp > (engine.lastTime(bar.symbol) ?? -1)) signals.push(engine.push(bar));
      else skipped.late++;
    }
    yield signals;
  }
}
