/**
 * The classic model on real bars: streamed through `deno task replay`, against the batch functions
 * and against numpy, scikit-learn and hmmlearn.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  computeFeatures,
  filterRows,
  scoreRows,
  smoothRows,
  sumPathLengths,
  viterbiRows,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { type HmmArtifact, parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { labelKey } from "../../data/schema/signal.ts";
import { loadKlines } from "../support/history.ts";
import { NO_PYTHON, python } from "../support/python.ts";
import { realDataTest, sharedData } from "../support/shared_data.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SHIPPED = join(ROOT, "models/classic.json");
const REPLAYED = "klines/BTCUSDT-spot-1m-ohlcv-20250520-20250818.csv.gz";
const ROWS = 130_707;

function run(command: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args[0]}: exit code ${status}: ${stderr}`);
}

const readArtifact = (path: string) => requireHmm(parseArtifact(readFileSync(path, "utf8"), path));

/** The output of `deno task replay` for the real block: numbers by column name. */
function replay(folder: string, model: string): (...names: string[]) => Float64Array {
  const out = join(folder, "replay.csv");
  run(process.execPath, [
    ...["run", "-A", "service/commands/replay.ts"],
    ...["--bars", sharedData(REPLAYED), "--model", model, "--out", out],
  ]);
  const [header = "", ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
  const columns = header.split(",");
  const rows = lines.map((line) => line.split(","));
  return (...names) => {
    const places = names.map((name) => columns.indexOf(name));
    return Float64Array.from(
      rows.flatMap((cells) => places.map((place) => Number(cells[place] ?? NaN))),
    );
  };
}

/** Names of the columns of an artifact's features or probabilities. */
function columnNames({ features, hmm }: HmmArtifact) {
  return {
    raw: features.names.map((name) => `features_${name}`),
    normalized: features.names.map((name) => `normalized_${name}`),
    posteriors: hmm.labels.map((label) => `regime_probabilities_${labelKey(label)}`),
  };
}

/** Bars before the classic model is ready: its replay leaves their cells empty. */
const UNREADY = 19;

/** The values of the bars at which the model is ready. */
function ofReady(values: Float64Array): Float64Array {
  return values.subarray(UNREADY * values.length / ROWS);
}

/** Number of values that differ by more than `tolerance`. */
function countApart(a: Float64Array, b: Float64Array, tolerance: number): number {
  if (a.length !== b.length) throw new Error(`${a.length} values, not ${b.length}`);
  return a.reduce((sum, x, i) => sum + Number(!(Math.abs(x - (b[i] ?? NaN)) <= tolerance)), 0);
}

async function readBars(): Promise<Float64Array> {
  const values: number[] = [];
  for (const k of await loadKlines(sharedData(REPLAYED))) {
    values.push(k.open, k.high, k.low, k.close, k.volume);
  }
  return Float64Array.from(values);
}

realDataTest("bar by bar equals the batch, bit for bit", [REPLAYED], async () => {
  const { features, forest, hmm, ...rest } = readArtifact(SHIPPED);
  const names = columnNames({ features, forest, hmm, ...rest });
  const column = replay(temporaryFolder(), SHIPPED);
  const rows = computeFeatures(loadCore(), features, await readBars(), [ROWS]);
  const filtered = filterRows(loadCore(), hmm, rows.normalized, [ROWS]);
  expect(countApart(ofReady(column(...names.raw)), ofReady(rows.raw), 0)).toBe(0);
  expect(countApart(ofReady(column(...names.normalized)), ofReady(rows.normalized), 0)).toBe(0);
  const scores = scoreRows(loadCore(), forest, rows.normalized, rows.dims);
  expect(countApart(ofReady(column("anomaly_score")), ofReady(scores), 0)).toBe(0);
  expect(countApart(ofReady(column(...names.posteriors)), ofReady(filtered.posteriors), 0)).toBe(0);
  expect(countApart(ofReady(column("log_likelihood")), ofReady(filtered.logLikelihoods), 0)).toBe(
    0,
  );
});

function compare(python: string): void {
  const folder = temporaryFolder();
  const script = join(ROOT, "test/reference/real_data.py");
  run(python, ["-B", script, dirname(sharedData(REPLAYED)), folder]);
  const model = join(folder, "model.json");
  const artifact = readArtifact(model);
  const expected = (name: string) =>
    new Float64Array(Uint8Array.from(readFileSync(join(folder, `${name}.f64`))).buffer);

  const rows = expected("scored_rows");
  expect(rows).toHaveLength(150_000);
  const sums = sumPathLengths(loadCore(), artifact.forest, rows, 3);
  expect(countApart(sums, expected("scored_path_sums"), 0)).toBe(0);
  const scores = scoreRows(loadCore(), artifact.forest, rows, 3);
  expect(countApart(scores, expected("scored_scores"), 1e-15)).toBe(0);
  const anomalies = scores.map((score) => Number(score < artifact.forest.offset));
  expect(countApart(anomalies, expected("scored_anomalies"), 0)).toBe(0);

  const column = replay(folder, model);
  const names = columnNames(artifact);
  expect(countApart(ofReady(column(...names.raw)), ofReady(expected("raw")), 1e-12)).toBe(0);
  expect(countApart(ofReady(column(...names.normalized)), ofReady(expected("normalized")), 1e-12))
    .toBe(0);
  expect(countApart(ofReady(column(...names.posteriors)), ofReady(expected("posteriors")), 1e-9))
    .toBe(0);
  expect(countApart(ofReady(column("log_likelihood")), ofReady(expected("log_likelihoods")), 1e-9))
    .toBe(0);
  const normalized = expected("normalized");
  const smoothed = smoothRows(loadCore(), artifact.hmm, normalized, [ROWS]);
  expect(countApart(smoothed, expected("smoothed"), 1e-12)).toBe(0);
  const { states } = viterbiRows(loadCore(), artifact.hmm, normalized, [ROWS]);
  expect(countApart(Float64Array.from(states), expected("path"), 0)).toBe(0);
  const apart = countApart(ofReady(column("anomaly_score")), ofReady(expected("scores")), 1e-12);
  expect(apart).toBeLessThanOrEqual(ROWS / 20_000);
}

const NAME = "the replay equals numpy, scikit-learn and hmmlearn, forest scores bit for bit";
const found = python;
if (found === undefined) test.skip(`${NAME} (${NO_PYTHON})`, () => {});
else realDataTest(NAME, [REPLAYED], () => Promise.resolve(compare(found)));
