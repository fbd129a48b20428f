import type { HistoryFile } from "../../models/training/train_on_files.ts";
import { readKlines } from "../../data/files/klines.ts";
import type { OnRead } from "../../data/files/lines.ts";
import { RowErrorLog } from "../../data/files/row_errors.ts";
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

/** What a replay left out. */
export class Skipped {
  /** Rows of the files that cannot be used. */
  readonly rows = new RowErrorLog();
  /** Bars not later than the one before. */
  late = 0;
}

async function* barsOfKlines(
  { files, onRead }: ReplayInput,
  errors: RowErrorLog,
): AsyncGenerator<readonly Bar[]> {
  for (const { path, symbol } of files) {
    for await (const { rows } of readKlines(path, errors, onRead)) {
      yield rows.map((kline) => barOfKline(symbol, "replay", kline));
    }
  }
}

async function* tradesOfFiles(
  files: readonly HistoryFile[],
  errors: RowErrorLog,
  onRead: OnRead | undefined,
) {
  for (const { path, symbol } of files) {
    for await (const rows of readTrades(path, errors, onRead)) {
      yield rows.map((row) => ({ symbol, ...row }));
    }
  }
}

/** Trades of a market continue from file to file. */
async function* barsBuilt(
  { files, onRead }: ReplayInput,
  errors: RowErrorLog,
): AsyncGenerator<readonly Bar[]> {
  for (const ofSymbol of Map.groupBy(files, ({ symbol }) => symbol).values()) {
    yield* barsOfTrades(tradesOfFiles(ofSymbol, errors, onRead), "replay");
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
    : barsBuilt(input, skipped.rows);
  for await (const bars of batches) {
    const signals: Signal[] = [];
    for (const bar of bars) {
      if (bar.timestamp > (engine.lastTime(bar.symbol) ?? -1)) signals.push(engine.push(bar));
      else skipped.late++;
    }
    yield signals;
  }
}
