import { statSync } from "node:fs";
import process from "node:process";
import { loadCore } from "../core-wasm/load.ts";
import { type Arguments, runCommand, UsageError } from "../data/arguments.ts";
import { symbolOfFile } from "../data/file_name.ts";
import { readKlines } from "../data/klines.ts";
import type { OnRead } from "../data/lines.ts";
import { OutputFile } from "../data/output_file.ts";
import { createProgress } from "../data/progress.ts";
import { readTrades } from "../data/trades.ts";
import type { Bar } from "./bars/bar.ts";
import { DEFAULT_MODELS } from "./config.ts";
import { barOfKline, isSound } from "./bars/kline_bar.ts";
import { barsOfTrades } from "./bars/trade_history.ts";
import { csvLine, flatten } from "./csv.ts";
import { Engine } from "./engine/engine.ts";
import { loadModels } from "./engine/loaded_model.ts";
import type { Signal } from "./engine/signal.ts";

const HELP = `Usage: deno task replay --bars FILE... | --trades FILE... --out FILE.csv|.ndjson

Runs history through the engine that serves live, as fast as it goes, and writes one row a bar.

  --bars FILE...    candlesticks: Binance CSV, plain, .gz or .zip, 6 or 12 columns, oldest first
  --trades FILE...  trades or aggregate trades, likewise; bars are built from them first
  --model FILE...   model artifacts, the primary first      models/classic.json models/liquidity.json
  --symbol NAME     market, when the file name does not begin with it
  --out FILE        where the rows go; .csv or .ndjson
`;

/** Binance's files are named after their market. */
function symbolOf(path: string, given: string | undefined): string {
  const symbol = given?.toUpperCase() ?? symbolOfFile(path);
  if (symbol !== undefined) return symbol;
  throw new UsageError(`${path} does not begin with a market's name; give it with --symbol`);
}

async function* barsOfKlineFile(path: string, symbol: string, onRead: OnRead) {
  for await (const klines of readKlines(path, onRead)) {
    yield klines.filter(isSound).map((kline) => barOfKline(symbol, "replay", kline));
  }
}

async function* tradesOfFiles(paths: readonly string[], symbol: string, onRead: OnRead) {
  for (const path of paths) {
    for await (const rows of readTrades(path, onRead)) {
      yield rows.map((row) => ({ symbol, ...row }));
    }
  }
}

/** The bars of all files; the trades of a market's files run on from file to file. */
async function* readBars(args: Arguments, onRead: OnRead): AsyncGenerator<readonly Bar[]> {
  const given = args.value("symbol");
  for (const path of args.list("bars")) {
    yield* barsOfKlineFile(path, symbolOf(path, given), onRead);
  }
  const bySymbol = Map.groupBy(args.list("trades"), (path) => symbolOf(path, given));
  for (const [symbol, paths] of bySymbol) {
    yield* barsOfTrades(tradesOfFiles(paths, symbol, onRead), "replay");
  }
}

/** How signals are written, by the output's ending. */
function createFormat(path: string): (signal: Signal) => string {
  if (path.endsWith(".ndjson")) return (signal) => JSON.stringify(signal) + "\n";
  if (!path.endsWith(".csv")) {
    throw new UsageError(`--out must end in .csv or .ndjson: current value is "${path}"`);
  }
  let header = true;
  return (signal) => {
    const cells = flatten(signal);
    const line = csvLine(cells.map(([, value]) => value)) + "\n";
    if (!header) return line;
    header = false;
    return csvLine(cells.map(([name]) => name)) + "\n" + line;
  };
}

async function replay(args: Arguments): Promise<void> {
  const out = args.required("out");
  const format = createFormat(out);
  const paths = [...args.list("bars"), ...args.list("trades")];
  if (paths.length === 0) throw new UsageError("--bars or --trades is missing");
  const symbols = [...new Set(paths.map((path) => symbolOf(path, args.value("symbol"))))];
  const models = args.list("model");
  const engine = new Engine(
    loadCore(),
    loadModels({ models: models.length > 0 ? models : DEFAULT_MODELS, expected: {} }),
    symbols,
  );
  const progress = createProgress("replay", paths.reduce((sum, path) => sum + sizeOf(path), 0));
  let read = 0;
  let rows = 0;
  let dropped = 0;
  const started = performance.now();
  const file = await OutputFile.create(out);
  try {
    const chunks = readBars(args, (bytes) => progress.update(read += bytes));
    for await (const bars of chunks) {
      let text = "";
      for (const bar of bars) {
        if (bar.timestamp <= (engine.lastTime(bar.symbol) ?? -1)) {
          dropped++;
          continue;
        }
        text += format(engine.push(bar));
        rows++;
      }
      await file.write(text);
    }
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - started) / 1000;
  const note = dropped > 0 ? `; ${dropped} bars not later than the one before were left out` : "";
  process.stderr.write(`${rows} rows in ${seconds.toFixed(1)} s to ${out}${note}\n`);
}

function sizeOf(path: string): number {
  try {
    return statSync(path).size;
  } catch {
    throw new UsageError(`there is no file ${path}`);
  }
}

await runCommand(HELP, {
  bars: "list",
  trades: "list",
  model: "list",
  symbol: "value",
  out: "value",
}, replay);
