/** `deno task train`: history in, model artifact out. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import {
  type Arguments,
  type OptionKind,
  runCommand,
  UsageError,
} from "../../data/common/arguments.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { OutputFile } from "../../data/common/output_file.ts";
import { createProgress, type Progress } from "../../data/common/progress.ts";
import { formatArtifact } from "../artifact/read.ts";
import { readCreated } from "./created.ts";
import { readParameters } from "./parameters.ts";
import { formatModelCard } from "../report/model_card.ts";
import type { PresetName } from "./presets.ts";
import { MODEL_NAME } from "../artifact/artifact.ts";
import { formatScorecard } from "../report/scorecard.ts";
import { type HistoryFile, trainOnFiles, type TrainOptions } from "./train_on_files.ts";

const PRESET_NAMES: readonly PresetName[] = ["classic", "liquidity"];
const MARKETS = ["spot", "usdm"] as const;

/** Unusable rows of a kind that are named one by one. */
const NAMED_ROWS = 3;

const HELP = `Usage: deno task train --bars FILE... --out FILE.json [options]

Fits a model on one-minute bars, evaluates it walk-forward and prints its scorecard.
SOURCE_DATE_EPOCH sets the time that the model tells, so that a training can be repeated bit by bit.

  --bars FILE...     history: Binance kline CSV, plain, .gz or .zip; a missing minute ends a
                     sequence, and a file goes on where the one before it ended
  --out FILE.json    where the model goes
  --card FILE.md     where a model card in Markdown goes  nowhere
  --preset NAME      features: ${PRESET_NAMES.join(", ")}                  classic
  --name NAME        name of the model                    the preset's
  --symbol S         market of the bars                   from the names of the files
  --market M         ${MARKETS.join(", ")}                           from the name of the first file
  --seed N           same bars and seed, same model       1
  --contamination X  share of anomalous bars              ISOLATION_FOREST_CONTAMINATION or 0.05
  --states K         number of regimes                    HMM_N_COMPONENTS or 3
  --window N         bars in a rolling window             FEATURE_WINDOW_SIZE or 20
  --no-final         leaves the last part of the history out of the evaluation: for research,
                     so that it stays unseen until the model is settled
  --help             this text
`;

const OPTIONS: Readonly<Record<string, OptionKind>> = {
  bars: "list",
  out: "value",
  card: "value",
  preset: "value",
  name: "value",
  symbol: "value",
  market: "value",
  seed: "value",
  contamination: "value",
  states: "value",
  window: "value",
  "no-final": "flag",
};

/** What the command line says of the fit. */
type FitSettings = Omit<TrainOptions, "onFile" | "onProgress">;

/** Symbol that a history file's name starts with, as in `BTCUSDT-1m-2025-01.zip`. */
function symbolOf(file: string): string {
  const symbol = symbolOfFile(file);
  if (symbol !== undefined) return symbol;
  throw new UsageError(`--symbol is missing, and the name of ${file} does not start with one`);
}

function choose<T extends string>(option: string, given: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === given);
  if (chosen !== undefined) return chosen;
  throw new UsageError(`--${option} must be ${choices.join(" or ")}: current value is "${given}"`);
}

function readFiles(args: Arguments): readonly HistoryFile[] {
  const files = args.list("bars");
  if (files.length === 0) throw new UsageError("--bars is missing");
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) throw new UsageError(`there is no file ${missing}`);
  return files.map((path) => ({ path, symbol: args.value("symbol") ?? symbolOf(path) }));
}

function readName(args: Arguments): string | undefined {
  const name = args.value("name");
  if (name === undefined || MODEL_NAME.test(name)) return name;
  throw new UsageError(
    `--name must be a lower-case letter, then up to 31 lower-case letters, digits, _ or -: ` +
      `current value is "${name}"`,
  );
}

function readSeed(args: Arguments): number {
  const seed = args.number("seed", 1, { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (Number.isInteger(seed)) return seed;
  throw new UsageError(`--seed must be a whole number: current value is ${seed}`);
}

function readMarket(args: Arguments): FitSettings["market"] {
  const market = args.value("market");
  return market === undefined ? undefined : choose("market", market, MARKETS);
}

function readSettings(args: Arguments): FitSettings {
  return {
    files: readFiles(args),
    preset: choose("preset", args.value("preset") ?? "classic", PRESET_NAMES),
    name: readName(args),
    market: readMarket(args),
    seed: readSeed(args),
    created: readCreated(),
    evaluation: { final: !args.flag("no-final") },
    ...readParameters({
      contamination: args.value("contamination"),
      states: args.value("states"),
      window: args.value("window"),
    }),
  };
}

/** Shows one progress line after the other as the stages go by. */
class StagedProgress {
  #stage = "";
  #line: Progress | undefined;

  update(stage: string, done: number, total: number): void {
    if (stage !== this.#stage) {
      this.end();
      this.#line = createProgress(stage, total);
      this.#stage = stage;
    }
    this.#line?.update(done);
  }

  end(): void {
    this.#line?.end();
  }
}

function checkFolder(option: string, path: string): string {
  if (existsSync(dirname(path))) return path;
  throw new UsageError(`--${option} must be in a folder that is there: ${dirname(path)} is not`);
}

async function writeText(path: string, text: string): Promise<void> {
  const file = await OutputFile.create(path);
  try {
    await file.write(text);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function train(args: Arguments): Promise<void> {
  const out = checkFolder("out", args.required("out"));
  const given = args.value("card");
  const card = given === undefined ? undefined : checkFolder("card", given);
  const settings = readSettings(args);
  const progress = new StagedProgress();
  try {
    const { artifact, sequences, dropped, rowErrors } = await trainOnFiles({
      ...settings,
      onFile: (done) => progress.update("history", done, settings.files.length),
      onProgress: (stage, done, total) => progress.update(stage, done, total),
    });
    progress.end();
    for (const line of describeRowErrors(rowErrors, NAMED_ROWS)) console.error(line);
    if (dropped > 0) {
      console.error(`${dropped} bars not later than the one before were left out`);
    }
    await writeText(out, formatArtifact(artifact));
    if (card !== undefined) await writeText(card, formatModelCard(artifact));
    const { symbol, rows, period } = artifact.training;
    console.log(`${artifact.name}: ${rows} bars of ${symbol} in ${sequences.length} sequences`);
    console.log(`from ${period.from} to ${period.to}`);
    console.log(formatScorecard(artifact.scorecard));
  } finally {
    progress.end();
  }
}

await runCommand(HELP, OPTIONS, train);
