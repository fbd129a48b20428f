/** `deno task bench`: all benchmarks, compared with plain TypeScript and Python. */
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { defineCommand, runCommand } from "../../data/common/command.ts";
import { OutputFile } from "../../data/common/output_file.ts";
import { type Artifact, parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { makeBars } from "./bars.ts";
import {
  featureRows,
  FIT_ROWS,
  measureEStep,
  measureFilter,
  measureForest,
  measureForestFit,
  measureMinute,
  measurePlainStep,
  measureSparseStep,
  measureStates,
  measureStep,
  measureSweptStep,
} from "./core_figures.ts";
import { measureModelFit } from "./fit_figures.ts";
import { measureHistory } from "./history_figures.ts";
import { measureIngest } from "./ingest/measure_ingest.ts";
import type { Figure } from "./measure.ts";
import { findPython, type PythonFigures, runPython } from "./python.ts";
import { formatFigures, formatRatios, type Ratio } from "./table.ts";

/** Bars of a step benchmark: longer than every model's warm-up. */
const BARS = 50_000;
const MODEL_FIT_BARS = 500_000;
/** Bars of Python's step benchmark. */
const PYTHON_BARS = 220;

/** Reads a shipped model. */
function readModel(name: string): Artifact {
  const file = fileURLToPath(new URL(`../../models/${name}.json`, import.meta.url));
  return parseArtifact(readFileSync(file, "utf8"), file);
}

function describeMachine(): Record<string, string | number> {
  return {
    processor: cpus()[0]?.model.trim() ?? "unknown",
    processors: availableParallelism(),
    memory_gib: Number((totalmem() / 2 ** 30).toFixed(1)),
    platform: `${process.platform} ${process.arch}`,
    ...("Deno" in globalThis ? { deno: Deno.version.deno } : { node: process.versions.node }),
    v8: process.versions.v8,
  };
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Ratio of the medians, if both were measured. */
function ratioOf(name: string, python: Figure, ours: Figure | undefined): Ratio[] {
  return ours === undefined ? [] : [{ name, ratio: python.median / ours.median }];
}

function compare(figures: readonly Figure[], { figures: python }: PythonFigures): Ratio[] {
  const ours = (name: string) => figures.find((figure) => figure.name === name);
  return [
    ...ratioOf("bar by bar, leanest", python.step_lean, ours("step, classic")),
    ...ratioOf("bar by bar, pandas", python.step_pandas, ours("step, classic")),
    ...ratioOf("forest, batch", python.forest_batch, ours("forest, batch")),
    ...ratioOf("forest, 500 rows", python.forest_minute, ours("forest, 500 rows")),
    ...ratioOf("forest, one row", python.forest_single, ours("forest, one row")),
    ...ratioOf("forest fit", python.forest_fit, ours("forest fit, 100 x 256")),
    ...ratioOf("log-likelihood", python.filter, ours("filter")),
    ...ratioOf("Baum-Welch iteration", python.e_step, ours("Baum-Welch iteration")),
  ];
}

async function measureAll(withFit: boolean) {
  const classic = requireHmm(readModel("classic"));
  const volatility = readModel("volatility");
  const bars = makeBars(BARS);
  const { rows, dims } = featureRows(classic, bars);
  const both = [classic, volatility];
  note("steps");
  const figures = [
    measureStep("step, classic", [classic], bars),
    measureStep("step, volatility", [volatility], bars),
    measureStep("step, classic and volatility", both, bars),
    measurePlainStep(
      "step, classic, plain TypeScript",
      classic,
      classic.features.windows.rolling,
      bars,
    ),
    await measureSweptStep("step, classic, caches swept", [classic], bars),
    await measureSweptStep("step, classic and volatility, caches swept", both, bars),
    await measureSparseStep("step, classic, once a second", [classic], bars),
  ];
  note("a minute of 500 symbols");
  figures.push(
    measureMinute("minute, classic", [classic], bars),
    measureMinute("minute, classic and volatility", both, bars),
    measureStates("states, classic", [classic]),
    measureStates("states, volatility", [volatility]),
    measureStates("states, classic and volatility", both),
  );
  note("history");
  figures.push(...await measureHistory());
  note("trades from a socket into bars");
  figures.push(...await measureIngest());
  // Right before Python, so that both run under the same conditions.
  note("forest and HMM");
  figures.push(
    ...measureForest(classic, rows, dims),
    measureForestFit(rows, dims),
    measureFilter(classic, rows, dims),
    measureEStep(classic, rows, dims),
  );
  const command = findPython();
  note(command ? `Python: ${command}` : "no Python with scikit-learn, hmmlearn and pandas");
  const python = command === undefined ? undefined : runPython(command, {
    rows,
    dims,
    fitRows: FIT_ROWS,
    bars: bars.slice(0, PYTHON_BARS),
    hmm: classic.hmm,
  });
  if (withFit) {
    note("fit of classic");
    figures.push(await measureModelFit(makeBars(MODEL_FIT_BARS)));
  }
  return { figures, python };
}

async function run(
  { json, fit }: { readonly json?: string; readonly fit: boolean },
): Promise<void> {
  const machine = describeMachine();
  const output = json === undefined ? undefined : await OutputFile.create(json);
  try {
    const { figures, python } = await measureAll(fit);
    const versions = { ...machine, ...python?.versions };
    const ratios = python === undefined ? [] : compare(figures, python);
    const all = [...figures, ...Object.values(python?.figures ?? {})];
    const about = Object.entries(versions).map(([name, value]) => `${name} ${value}`).join(", ");
    console.log(`${about}\n\n${formatFigures(all)}`);
    if (python !== undefined) {
      console.log(`\nPython's time divided by ours, medians\n${formatRatios(ratios)}`);
    }
    await output?.write(
      `${JSON.stringify({ machine: versions, figures: all, ratios }, null, 1)}\n`,
    );
    await output?.commit();
  } catch (error) {
    await output?.discard();
    throw error;
  }
}

const command = defineCommand(
  "bench",
  `Measures what everything takes: a step of one bar, the forest, the filter, fitting, a minute of
500 symbols; beside it the step in plain TypeScript and, when PYTHON has what
test/reference/requirements.txt lists, the same work there. Trades from a socket of another process
into bars; beside it JSON.parse and, when PYTHON has websockets, the same work there.

A step is called back to back; after the caches were swept; and once a second, a hundred times.
Python goes bar by bar in two ways. The leanest: deques for the windows, one row to score_samples,
the last ten to predict_proba. pandas, as such services are usually written: a DataFrame of the last
50 bars, rolling means and deviations, one row to score_samples and to predict, the last ten to the
HMM's predict and predict_proba.`,
)
  .option("--json <file>", "write the same as JSON")
  .option("--no-fit", "leave out the fits of whole models on 500,000 bars")
  .action(run);

await runCommand(command);
