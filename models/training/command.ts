/** `deno task train`: history in, model artifact out. */
import { readFileSync } from "node:fs";
import { Option } from "commander";
import {
  defineCommand,
  existingFile,
  filesOption,
  runCommand,
  valueOption,
} from "../../data/common/command.ts";
import { UsageError } from "../../data/common/errors.ts";
import { writeWhole } from "../../data/common/output_file.ts";
import { checkOutputs, type Replaceable } from "../../data/common/output_path.ts";
import { StagedProgress } from "../../data/common/progress.ts";
import { SETTINGS } from "../../data/common/settings.ts";
import { oneOf, textLike, wholeNumberIn } from "../../data/common/values.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { MODEL_NAME } from "../artifact/artifact.ts";
import { formatArtifact, parseArtifact } from "../artifact/read.ts";
import { artifactTables, formatCard } from "../report/card.ts";
import { formatTables } from "../report/tables.ts";
import { readCreated, readParameters } from "./parameters.ts";
import { type Block, type HistoryFile, trainOnFiles, type TrainOptions } from "./train_on_files.ts";
import { trainVolatilityOnFiles } from "./volatility/train_on_files.ts";

const PRESET_NAMES = ["classic", "volatility"] as const;

/** The options of the command line. */
interface Options {
  readonly bars: readonly string[];
  readonly test?: readonly string[];
  readonly out: string;
  readonly card?: string;
  readonly preset: typeof PRESET_NAMES[number];
  readonly name?: string;
  readonly symbol?: string;
  readonly market?: "spot" | "usdm";
  readonly seed?: number;
  readonly contamination?: number;
  readonly states?: number;
  readonly window?: number;
  readonly blocks?: string;
  readonly final: boolean;
}

const MODEL: Replaceable = { start: /^\s*\{\s*"schema":/, what: "a model" };
const CARD: Replaceable = { start: /^# Model card: /, what: "a model card" };

const modelName = textLike(
  MODEL_NAME,
  "a lower-case letter, then up to 31 lower-case letters, digits, _ or -",
);

/** The market that a history file's name starts with, as in `BTCUSDT-1m-2025-01.zip`. */
function symbolOf(file: string): string {
  const symbol = symbolOfFile(file);
  if (symbol !== undefined) return symbol;
  throw new UsageError(`--symbol must be given as the name of ${file} does not start with one`);
}

/** The minutes that another model was trained on. */
function readBlocks(path: string): readonly Block[] {
  const { training } = parseArtifact(readFileSync(path, "utf8"), path);
  if (training.origin === "imported" || training.blocks === undefined) {
    throw new UsageError(
      `--blocks must be a model that names its blocks: current value is ${path}`,
    );
  }
  return training.blocks.map(({ from, to }) => ({ from: Date.parse(from), to: Date.parse(to) }));
}

function toFiles(paths: readonly string[], symbol: string | undefined): HistoryFile[] {
  return paths.map((path) => ({ path, symbol: symbol ?? symbolOf(path) }));
}

/** What all presets are trained with. */
function toTraining({ bars, name, symbol, market, blocks, final }: Options) {
  return {
    files: toFiles(bars, symbol),
    name,
    market,
    created: readCreated(),
    blocks: blocks === undefined ? undefined : readBlocks(blocks),
    evaluation: { final },
  };
}

/** Options that only the classic preset has. */
const CLASSIC_OPTIONS = ["seed", "contamination", "states", "window"] as const;

/** @throws UsageError for an option that the volatility preset would ignore. */
function refuseClassicOptions(options: Options): void {
  for (const name of CLASSIC_OPTIONS) {
    const value = options[name];
    if (value === undefined) continue;
    throw new UsageError(
      `--${name} must be given with --preset classic: current value is ${value}`,
    );
  }
}

/** Trains a model of the preset, with its progress on the terminal. */
function trainPreset(options: Options, progress: StagedProgress) {
  const { preset, test = [], seed = 1 } = options;
  const training = toTraining(options);
  const report = (total: number) => ({
    onFile: (done: number) => progress.update("history", done, total),
    onProgress: (stage: string, done: number, all: number) => progress.update(stage, done, all),
  });
  if (preset === "volatility") {
    refuseClassicOptions(options);
    // A test file is of the market that its own name says.
    const testFiles = toFiles(test, undefined);
    return trainVolatilityOnFiles({
      ...training,
      testFiles,
      ...report(training.files.length + testFiles.length),
    });
  }
  if (test.length > 0) {
    throw new UsageError(
      `--test must be given with --preset volatility: current value is ${test[0]}`,
    );
  }
  return trainOnFiles(
    {
      ...training,
      seed,
      ...readParameters(options),
      ...report(training.files.length),
    } satisfies TrainOptions,
  );
}

async function train(options: Options): Promise<void> {
  const { out, card, bars, test = [], blocks } = options;
  checkOutputs([
    { option: "--out", path: out, replaces: MODEL },
    ...(card === undefined ? [] : [{ option: "--card", path: card, replaces: CARD }]),
  ], [...bars, ...test, ...(blocks === undefined ? [] : [blocks])]);
  const progress = new StagedProgress();
  try {
    const { artifact, sequences, dropped, rowErrors } = await trainPreset(options, progress);
    progress.end();
    for (const line of describeRowErrors(rowErrors)) console.error(line);
    if (dropped > 0) {
      console.error(`${dropped} bars not later than the one before were left out`);
    }
    await writeWhole(out, formatArtifact(artifact));
    if (card !== undefined) await writeWhole(card, formatCard(artifact));
    const { symbol, rows, period } = artifact.training;
    console.log(`${artifact.name}: ${rows} bars of ${symbol} in ${sequences.length} sequences`);
    console.log(`from ${period.from} to ${period.to}`);
    console.log(formatTables(artifactTables(artifact)));
  } catch (error) {
    // The history is too short.
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  } finally {
    progress.end();
  }
}

const command = defineCommand(
  "train",
  "Fits a model on one-minute bars, evaluates it walk-forward and prints its scorecard.",
)
  .addOption(
    filesOption(
      "--bars <file...>",
      "history: Binance kline CSV, plain, .gz or .zip; a missing minute ends a sequence (volatility: " +
        "more than 1,440 of them), and a file continues where the one before it ended",
    ).makeOptionMandatory(),
  )
  .addOption(
    filesOption(
      "--test <file...>",
      "volatility: history of markets and periods that are only tested, each market by the names of " +
        "its files",
    ),
  )
  .requiredOption("--out <file.json>", "where the model is written")
  .option("--card <file.md>", "where a model card in Markdown is written")
  .addOption(valueOption("--preset <name>", "features", oneOf(PRESET_NAMES)).default("classic"))
  .addOption(valueOption("--name <name>", "name of the model (default: the preset's)", modelName))
  .option("--symbol <name>", "market of the bars (default: from the names of the files)")
  .addOption(
    valueOption(
      "--market <name>",
      "market of the bars (default: from the name of the first file)",
      oneOf(["spot", "usdm"]),
    ),
  )
  .addOption(
    valueOption(
      "--seed <n>",
      "classic: the same bars and seed give the same model (default: 1)",
      wholeNumberIn({ min: 0, max: Number.MAX_SAFE_INTEGER }),
    ),
  )
  .addOption(
    valueOption(
      "--contamination <x>",
      `share of anomalous bars (default: ${SETTINGS.contamination.name})`,
      SETTINGS.contamination.kind,
    ),
  )
  .addOption(
    valueOption(
      "--states <n>",
      `number of regimes (default: ${SETTINGS.states.name})`,
      SETTINGS.states.kind,
    ),
  )
  .addOption(
    valueOption(
      "--window <n>",
      `bars in a rolling window (default: ${SETTINGS.window.name})`,
      SETTINGS.window.kind,
    ),
  )
  .addOption(
    new Option(
      "--blocks <model.json>",
      "use only the minutes that this model was trained on, to fit it again",
    ).argParser(existingFile),
  )
  .option(
    "--no-final",
    "leave the last part of the history out of the evaluation, so that it stays unseen until the " +
      "model is settled",
  )
  .action(train);

await runCommand(command);
