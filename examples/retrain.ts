/**
 * Retrains a model and puts it into service: downloads history (or takes files), fits the model,
 * judges it, replaces the model file in one step, and waits until the running service uses it. For
 * a timer, e.g. once a month.
 *
 *   deno run -A examples/retrain.ts models/classic.json --months 24 --service http://localhost:8501
 *   deno run -A examples/retrain.ts models/classic.json history/BTCUSDT-1m-*.zip
 *
 * The first argument is the model file that the service runs. The new model has its name, feature
 * set and training parameters. Further arguments are files of one-minute bars, oldest first;
 * without them the last months are downloaded from Binance's public history.
 *
 *   --symbol NAME     market                            the one that the present model was fitted on
 *   --months N        whole months to download          24
 *   --until YYYY-MM   the last of them                  the last month that is over
 *   --data DIR        where downloads are kept          data/store
 *   --mirror URL      where they come from              https://data.binance.vision
 *   --service URL     a service to wait for
 *
 * Exit codes: 0 the model is in place (and live), 1 it is not, 2 wrong arguments. A model that does
 * not pass `problemOf` stays beside the present one as a candidate, and the present one stays.
 */
import { existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import {
  fingerprint,
  type HmmArtifact,
  parseArtifact,
  requireHmm,
} from "../models/artifact/read.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A service of a thousand symbols takes minutes to warm a model up on their histories. */
const LIVE_WITHIN_MS = 15 * 60_000;

/** Ends the program with one line for people. */
function exit(code: number, message: string): never {
  console.error(`retrain: ${message}`);
  Deno.exit(code);
}

/** Runs a task of the project and shows what it says; ends with it when it fails. */
async function runTask(name: string, args: readonly string[], env: Record<string, string> = {}) {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", name, ...args],
    cwd: ROOT,
    env,
  }).spawn().status;
  if (code !== 0) exit(1, `deno task ${name} failed with exit code ${code}`);
}

/** The names of `count` months up to a last one, oldest first, as in `2025-01`. */
function monthsUntil(last: string, count: number): string[] {
  const [year = NaN, month = NaN] = last.split("-").map(Number);
  return Array.from({ length: count }, (_, i) => {
    const date = new Date(Date.UTC(year, month - count + i));
    return date.toISOString().slice(0, 7);
  });
}

/** The month before this one, UTC. */
function lastWholeMonth(): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7);
}

/** Downloads months of a market; returns their files, oldest first. */
async function download(
  { symbol, market, months, until, data, mirror }: {
    readonly symbol: string;
    readonly market: "spot" | "usdm";
    readonly months: number;
    readonly until: string;
    readonly data: string;
    readonly mirror: string | undefined;
  },
): Promise<string[]> {
  const names = monthsUntil(until, months);
  const period = ["--from", names.at(0) ?? until, "--to", names.at(-1) ?? until];
  const from = mirror === undefined ? [] : ["--url", mirror];
  await runTask(
    "data:download",
    ["--symbol", symbol, "--market", market, ...period, ...from],
    { DATA_DIR: data },
  );
  const folder = join(data, symbol, market === "spot" ? "" : market);
  const present = readdirSync(folder).filter((name) => name.endsWith(".zip")).sort();
  return names.flatMap((month) => {
    // A month that Binance has not published as a whole yet comes as days.
    const whole = `${symbol}-1m-${month}.zip`;
    const days = present.filter((name) => name.startsWith(`${symbol}-1m-${month}-`));
    return (present.includes(whole) ? [whole] : days).map((name) => join(folder, name));
  });
}

/**
 * Why a model must not replace the present one; undefined when it may. This is the place for your
 * own demands: the scorecard has walk-forward figures with their intervals (models/artifact).
 */
function problemOf(candidate: HmmArtifact, present: HmmArtifact): string | undefined {
  const heldOut = candidate.scorecard.walk_forward?.folds;
  if (heldOut === undefined) return "the history is too short to judge it on bars it has not seen";
  const { low } = heldOut.log_likelihood_gain.gaussian;
  if (low <= 0) return `on bars it has not seen it may be no better than one Gaussian (${low})`;
  const [labels, before] = [candidate, present].map(({ hmm }) => hmm.labels.join(", "));
  if (labels !== before) return `its regimes are ${labels}, and consumers know ${before}`;
  return undefined;
}

/** Waits until a service runs a model. */
async function waitUntilLive(service: string, wanted: string): Promise<void> {
  const models = z.array(z.object({ fingerprint: z.string() }));
  const health = z.object({ models_problem: z.string().nullable() });
  const get = async (path: string): Promise<unknown> => await (await fetch(service + path)).json();
  const deadline = performance.now() + LIVE_WITHIN_MS;
  while (performance.now() < deadline) {
    const live = models.parse(await get("/api/v1/models"));
    if (live.some((model) => model.fingerprint === wanted)) return;
    await delay(1000);
  }
  const { models_problem: problem } = health.parse(await get("/healthz"));
  exit(1, `${service} does not run ${wanted}: ${problem ?? "does its MODELS name this file?"}`);
}

/** The command line; ends the program when it is wrong. */
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        symbol: { type: "string" },
        months: { type: "string", default: "24" },
        until: { type: "string", default: lastWholeMonth() },
        data: { type: "string", default: "data/store" },
        mirror: { type: "string" },
        service: { type: "string" },
      },
    });
  } catch (error) {
    return exit(2, error instanceof Error ? error.message : String(error));
  }
}

const { values, positionals } = readArguments();
// The tasks run in the project's folder.
const [model, ...files] = positionals.map((path) => resolve(path));
if (model === undefined) {
  exit(2, "the model file is missing; the head of this file says how to run it");
}
if (!existsSync(model)) exit(2, `there is no model file ${model}`);
const months = Number(values.months);
if (!(Number.isInteger(months) && months >= 1)) {
  exit(2, `--months must be 1 or more: it is ${values.months}`);
}
if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(values.until)) {
  exit(2, `--until must be YYYY-MM: it is ${values.until}`);
}

const present = requireHmm(parseArtifact(readFileSync(model, "utf8"), model));
const { training, features, forest, hmm } = present;
const symbol = values.symbol ?? (training.origin === "imported" ? undefined : training.symbol);
if (symbol === undefined) exit(2, "--symbol is missing, and the model does not name its market");
const market = training.origin === "imported" ? "spot" : training.market;
const bars = files.length > 0 ? files : await download({
  symbol,
  market,
  months,
  until: values.until,
  data: resolve(values.data),
  mirror: values.mirror,
});
if (bars.length === 0) exit(1, `there is no history of ${symbol} in these months`);

// In the same folder, so that replacing the file is one step for whoever reads it.
const candidate = join(dirname(model), `.${basename(model, ".json")}.candidate.json`);
await runTask("train", [
  ...["--bars", ...bars, "--symbol", symbol, "--market", market, "--out", candidate],
  ...["--preset", features.preset, "--name", present.name],
  ...["--states", String(hmm.labels.length)],
  ...(forest.contamination === "auto" ? [] : ["--contamination", String(forest.contamination)]),
  ...(features.preset === "classic" ? ["--window", String(features.windows.rolling)] : []),
]);
const text = readFileSync(candidate, "utf8");
const problem = problemOf(requireHmm(parseArtifact(text, candidate)), present);
if (problem !== undefined) exit(1, `${candidate} does not replace ${model}: ${problem}`);
renameSync(candidate, model);
console.log(`${model} is now ${fingerprint(text)}`);
if (values.service !== undefined) {
  await waitUntilLive(values.service, fingerprint(text));
  console.log(`${values.service} runs it`);
}
