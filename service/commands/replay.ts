/** `deno task replay`: history through the engine that serves live. */
import { statSync } from "node:fs";
import process from "node:process";
import { loadCore } from "../../core-wasm/load.ts";
import { defineCommand, filesOption, runCommand, valueOption } from "../../data/common/command.ts";
import { UsageError } from "../../data/common/errors.ts";
import { OutputFile } from "../../data/common/output_file.ts";
import { checkOutputs } from "../../data/common/output_path.ts";
import { createProgress } from "../../data/common/progress.ts";
import { SETTINGS } from "../../data/common/settings.ts";
import { splitList, symbolName, textLike } from "../../data/common/values.ts";
import { csvLine, flatten } from "../../data/files/csv.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { describeTradeOrder } from "../../data/files/trade_order.ts";
import { signalColumns } from "../../data/schema/columns.ts";
import type { Signal } from "../../data/schema/signal.ts";
import { labelsOf } from "../../models/artifact/read.ts";
import { DEFAULT_MODELS } from "../config.ts";
import { Engine } from "../engine/engine.ts";
import { type LoadedModel, loadModels } from "../engine/loaded_model.ts";
import { replayHistory, type ReplayInput, Skipped } from "./replay_history.ts";

/** The options of the command line. */
interface Options {
  readonly bars?: readonly string[];
  readonly trades?: readonly string[];
  readonly model?: readonly string[];
  readonly symbol?: string;
  readonly out: string;
}

/** The market of a file; Binance's files are named after it. */
function symbolOf(path: string, given: string | undefined): string {
  const symbol = given ?? symbolOfFile(path);
  if (symbol !== undefined) return symbol;
  throw new UsageError(`--symbol must be given as the name of ${path} does not start with one`);
}

function toInput({ bars = [], trades = [], symbol }: Options): ReplayInput {
  const paths = [...bars, ...trades];
  if (paths.length === 0) throw new UsageError("--bars or --trades must be given");
  return {
    kind: bars.length > 0 ? "bars" : "trades",
    files: paths.map((path) => ({ path, symbol: symbolOf(path, symbol) })),
  };
}

/** How signals are written. */
interface Format {
  /** What the output begins with. */
  readonly header: string;
  readonly line: (signal: Signal) => string;
}

/** The format that the output's ending names. */
function createFormat(path: string, models: readonly LoadedModel[]): Format {
  if (path.endsWith(".ndjson")) {
    return { header: "", line: (signal) => JSON.stringify(signal) + "\n" };
  }
  const columns = signalColumns(
    models.map(({ artifact }) => ({ ...artifact, labels: labelsOf(artifact) })),
  );
  return {
    header: csvLine(columns) + "\n",
    line: (signal) => {
      const cells = new Map(flatten(signal));
      return csvLine(columns.map((name) => cells.get(name))) + "\n";
    },
  };
}

function reportSkipped({ rows, trades, late }: Skipped): void {
  const lines = [...describeRowErrors(rows.counts()), ...describeTradeOrder(trades)];
  for (const line of lines) console.error(line);
  if (late > 0) console.error(`left out: ${late} bars not later than the one before`);
}

async function replay(options: Options): Promise<void> {
  const { model = DEFAULT_MODELS, out } = options;
  const input = toInput(options);
  const files = input.files.map(({ path }) => path);
  checkOutputs([{ option: "--out", path: out }], [...files, ...model]);
  const symbols = [...new Set(input.files.map(({ symbol }) => symbol))];
  const models = loadModels({ models: model, expected: {} });
  const engine = new Engine(loadCore(), models, symbols);
  const total = input.files.reduce((sum, { path }) => sum + statSync(path).size, 0);
  const progress = createProgress("replay", total);
  const format = createFormat(out, models);
  const skipped = new Skipped();
  const started = performance.now();
  let read = 0;
  let rows = 0;
  const onRead = (bytes: number) => progress.update(read += bytes);
  const file = await OutputFile.create(out);
  try {
    await file.write(format.header);
    for await (const signals of replayHistory(engine, { ...input, onRead }, skipped)) {
      await file.write(signals.map(format.line).join(""));
      rows += signals.length;
    }
    if (rows === 0) throw new UsageError("The input must have a usable bar");
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    progress.end();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  reportSkipped(skipped);
  process.stderr.write(`${rows} rows in ${seconds} s to ${out}\n`);
}

const command = defineCommand(
  "replay",
  "Runs history through the engine that serves live, as fast as it goes, and writes one row a bar.",
)
  .addOption(
    filesOption(
      "--bars <file...>",
      "klines: Binance CSV, plain, .gz or .zip, 6 or 12 columns, in any order",
    ).conflicts("trades"),
  )
  .addOption(
    filesOption(
      "--trades <file...>",
      "trades or aggregate trades, likewise, in any order; bars are built from them first",
    ),
  )
  .addOption(
    filesOption(
      "--model <file...>",
      `model artifacts, the primary first (default: ${
        splitList(SETTINGS.models.fallback).join(" ")
      })`,
    ),
  )
  .addOption(
    valueOption(
      "--symbol <name>",
      "market, where the file's name does not start with it",
      symbolName,
    ),
  )
  .addOption(
    valueOption(
      "--out <file>",
      "where the rows are written",
      textLike(/\.(csv|ndjson)$/, "a file name that ends in .csv or .ndjson"),
    ).makeOptionMandatory(),
  )
  .action(replay);

await runCommand(command);
