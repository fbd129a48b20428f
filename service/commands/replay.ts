import { statSync } from "node:fs";
import process from "node:process";
import { loadCore } from "../../core-wasm/load.ts";
import { type Arguments, runCommand, UsageError } from "../../data/common/arguments.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { readKlines } from "../../data/files/klines.ts";
import type { OnRead } from "../../data/files/lines.ts";
import { OutputFile } from "../../data/common/output_file.ts";
import { createProgress } from "../../data/common/progress.ts";
import { readTrades } from "../../data/files/trades.ts";
import { ArtifactError } from "../../models/artifact/read.ts";
import type { Bar } from "../../data/schema/bar.ts";
import { DEFAULT_MODELS } from "../config.ts";
import { barOfKline } from "../ingest/bars/kline_bar.ts";
import { isSound } from "../../data/schema/kline.ts";
import { barsOfTrades } from "../ingest/bars/trade_history.ts";
import { csvLine, flatten } from "../../data/files/csv.ts";
import { Engine } from "../engine/engine.ts";
import { type LoadedModel, loadModels } from "../engine/loaded_model.ts";
import type { Signal } from "../../data/schema/signal.ts";

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
  if (given !== undefined && !/^[A-Za-z0-9_-]{2,20}$/.test(given)) {
    throw new UsageError(`--symbol must be a market's name: current value is "${given}"`);
  }
  const symbol = given?.toUpperCase() ?? symbolOfFile(path);
  if (symbol !== undefined) return symbol;
  throw new UsageError(`${path} does not begin with a market's name; give it with --symbol`);
}

/** What of the input was left out, by reason. */
interface LeftOut {
  /** Prices or volumes that cannot be, or a time off the minute. */
  unsound: number;
  /** Not later than the bar before. */
  late: number;
}

async function* barsOfKlineFile(
  path: string,
  symbol: string,
  leftOut: LeftOut,
  onRead: OnRead,
): AsyncGenerator<Bar[]> {
  for await (const klines of readKlines(path, onRead)) {
    const sound = klines.filter(isSound);
    leftOut.unsound += klines.length - sound.length;
    yield sound.map((kline) => barOfKline(symbol, "replay", kline));
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
async function* readBars(
  args: Arguments,
  leftOut: LeftOut,
  onRead: OnRead,
): AsyncGenerator<readonly Bar[]> {
  const given = args.value("symbol");
  for (const path of args.list("bars")) {
    yield* barsOfKlineFile(path, symbolOf(path, given), leftOut, onRead);
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

function describe({ unsound, late }: LeftOut): string {
  const parts = [
    ...(unsound > 0 ? [`${unsound} bars with impossible values`] : []),
    ...(late > 0 ? [`${late} bars not later than the one before`] : []),
  ];
  return parts.length > 0 ? `; left out: ${parts.join(", ")}` : "";
}

function openModels(paths: readonly string[]): readonly LoadedModel[] {
  try {
    return loadModels({ models: paths, expected: {} });
  } catch (error) {
    throw error instanceof ArtifactError ? new UsageError(error.message) : error;
  }
}

async function replay(args: Arguments): Promise<void> {
  const out = args.required("out");
  const format = createFormat(out);
  const barFiles = args.files("bars");
  const tradeFiles = args.files("trades");
  const paths = [...barFiles, ...tradeFiles];
  if (paths.length === 0) throw new UsageError("--bars or --trades is missing");
  if (barFiles.length > 0 && tradeFiles.length > 0) {
    throw new UsageError("--bars and --trades exclude each other: give one of them");
  }
  const symbols = [...new Set(paths.map((path) => symbolOf(path, args.value("symbol"))))];
  const models = args.list("model");
  const engine = new Engine(
    loadCore(),
    openModels(models.length > 0 ? models : DEFAULT_MODELS),
    symbols,
  );
  const progress = createProgress(
    "replay",
    paths.reduce((sum, path) => sum + statSync(path).size, 0),
  );
  let read = 0;
  let rows = 0;
  const leftOut: LeftOut = { unsound: 0, late: 0 };
  const started = performance.now();
  const file = await OutputFile.create(out);
  try {
    const chunks = readBars(args, leftOut, (bytes) => progress.update(read += bytes));
    for await (const bars of chunks) {
      let text = "";
      for (const bar of bars) {
        if (bar.timestamp <= (engine.lastTime(bar.symbol) ?? -1)) {
          leftOut.late++;
          continue;
        }
        text += format(engine.push(bar));
        rows++;
      }
      await file.write(text);
    }
    if (rows === 0) throw new UsageError(`there is no usable bar in the input${describe(leftOut)}`);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    progress.end();
  }
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write(`${rows} rows in ${seconds.toFixed(1)} s to ${out}${describe(leftOut)}\n`);
}

await runCommand(HELP, {
  bars: "list",
  trades: "list",
  model: "list",
  symbol: "value",
  out: "value",
}, replay);
