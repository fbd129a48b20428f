/** Benchmarks of the numerical core. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  computeFeatures,
  type CoreBar,
  type CoreModel,
  filterRows,
  fitForest,
  fitHmm,
  type HmmModel,
  Scorer,
} from "../../core-wasm/core.ts";
import { allocate, float64View, instantiateCore } from "../../core-wasm/instance.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { placeForest } from "../../core-wasm/place.ts";
import { flattenBars, hmmResult } from "../core-wasm/support.ts";
import { type Figure, measure, now, summarize } from "./measure.ts";
import { PlainStep } from "./plain_step.ts";

const SYMBOLS = 500;
/** A market that the volatility model has absolute borders for. */
const SYMBOL = "BTCUSDT";
/** Calls per repeat of a benchmark of microseconds. */
const CALLS = 2_000;
/** Rows of a forest fit. */
export const FIT_ROWS = 1_000;
const E_STEP_ROWS = 500_000;
const E_STEPS = 20;
const SWEPT_CALLS = 200;
/** Calls with pauses of a second. */
const SPARSE_CALLS = 100;
/** Larger than a processor's caches. */
const EVICTION_BYTES = 64 * 2 ** 20;

function openScorer(models: readonly CoreModel[], symbols: number): Scorer {
  const scorer = Scorer.create(loadCore(), models, symbols);
  for (let i = 0; i < symbols; i++) scorer.addSymbol(SYMBOL);
  return scorer;
}

/** Steps a slot over all bars. */
function replay(scorer: Scorer, slot: number, bars: readonly CoreBar[]): void {
  for (const bar of bars) scorer.step(slot, bar);
}

/** Steps of one symbol without pauses. */
export function measureStep(
  name: string,
  models: readonly CoreModel[],
  bars: readonly CoreBar[],
): Figure {
  const scorer = openScorer(models, 1);
  replay(scorer, 0, bars);
  const some = bars.slice(0, CALLS);
  return measure(
    name,
    { unit: "us", per: "bar", count: CALLS },
    () => replay(scorer, 0, some),
  );
}

/** Steps after a pause and an eviction of all caches. */
export async function measureSweptStep(
  name: string,
  models: readonly CoreModel[],
  bars: readonly CoreBar[],
): Promise<Figure> {
  const scorer = openScorer(models, 1);
  replay(scorer, 0, bars);
  const ballast = new Uint8Array(EVICTION_BYTES);
  const times: number[] = [];
  for (const [i, bar] of bars.slice(0, SWEPT_CALLS).entries()) {
    ballast.fill(i);
    await sleep(10);
    const start = now();
    scorer.step(0, bar);
    times.push((now() - start) * 1e3);
  }
  return summarize(name, "us per bar", times);
}

/** Steps once per second, idle in between. */
export async function measureSparseStep(
  name: string,
  models: readonly CoreModel[],
  bars: readonly CoreBar[],
): Promise<Figure> {
  const scorer = openScorer(models, 1);
  replay(scorer, 0, bars);
  const times: number[] = [];
  for (const bar of bars.slice(0, SPARSE_CALLS)) {
    await sleep(1_000);
    const start = now();
    scorer.step(0, bar);
    times.push((now() - start) * 1e3);
  }
  return summarize(name, "us per bar", times);
}

/** The classic step in plain TypeScript, after a check of its results. */
export function measurePlainStep(
  name: string,
  model: HmmModel,
  window: number,
  bars: readonly CoreBar[],
): Figure {
  const plain = new PlainStep(model, window);
  const scorer = openScorer([model], 1);
  for (const bar of bars) {
    plain.step(bar);
    scorer.step(0, bar);
    const { anomalyScore, logLikelihood } = hmmResult(scorer, 0);
    const difference = Math.max(
      Math.abs(plain.score - anomalyScore),
      Math.abs(plain.logLikelihood - logLikelihood) / (1 + Math.abs(logLikelihood)),
    );
    if (!(difference < 1e-9)) {
      throw new Error(`plain TypeScript and WebAssembly differ by ${difference} at ${bar.close}`);
    }
  }
  const some = bars.slice(0, CALLS);
  return measure(name, { unit: "us", per: "bar", count: CALLS }, () => {
    for (const bar of some) plain.step(bar);
  });
}

/** Forest scores: all rows in one batch, one minute's rows of many symbols, and single rows. */
export function measureForest({ forest }: HmmModel, rows: Float64Array, dims: number): Figure[] {
  const core = instantiateCore(loadCore());
  const address = placeForest(core, forest);
  const count = rows.length / dims;
  const source = allocate(core, rows.byteLength, "the rows");
  const scores = allocate(core, count * 8, "the scores");
  float64View(core, source, rows.length).set(rows);
  const score = (first: number, size: number) =>
    core.scoreRows(address, source + first * dims * 8, size, dims, scores);
  return [
    measure("forest, batch", { unit: "ns", per: "row", count }, () => score(0, count)),
    measure(`forest, ${SYMBOLS} rows`, { unit: "ns", per: "row", count: CALLS }, () => {
      for (let first = 0; first < CALLS; first += SYMBOLS) score(first, SYMBOLS);
    }),
    measure("forest, one row", { unit: "ns", per: "row", count: CALLS }, () => {
      for (let i = 0; i < CALLS; i++) score(i, 1);
    }),
  ];
}

/** Fit of 100 trees of 256 rows, with its offset. */
export function measureForestFit(rows: Float64Array, dims: number): Figure {
  const some = rows.subarray(0, FIT_ROWS * dims);
  return measure("forest fit, 100 x 256", { unit: "ms", per: "fit", count: 1 }, () => {
    fitForest(loadCore(), some, dims, { seed: 1, contamination: 0.05 });
  });
}

/** The forward filter. */
export function measureFilter({ hmm }: HmmModel, rows: Float64Array, dims: number): Figure {
  const count = rows.length / dims;
  return measure(
    "filter",
    { unit: "ns", per: "row", count, repeats: 10, warmUps: 2 },
    () => filterRows(loadCore(), hmm, rows, [count]),
  );
}

/** Baum-Welch iterations on half a million rows, by repeating the given ones. */
export function measureEStep({ hmm }: HmmModel, rows: Float64Array, dims: number): Figure {
  const many = new Float64Array(E_STEP_ROWS * dims);
  for (let at = 0; at < many.length; at += rows.length) {
    many.set(rows.subarray(0, Math.min(rows.length, many.length - at)), at);
  }
  const times: number[] = [];
  let last = NaN;
  fitHmm(loadCore(), many, dims, [E_STEP_ROWS], {
    start: hmm,
    maxIterations: E_STEPS + 1,
    tolerance: -1,
    onIteration: () => {
      const time = now();
      if (last > 0) times.push(time - last);
      last = time;
    },
  });
  return summarize("Baum-Welch iteration", "ms per 500,000 rows", times);
}

/** A minute's close of many symbols whose models are ready: a step and its results for each. */
export function measureMinute(
  name: string,
  models: readonly CoreModel[],
  bars: readonly CoreBar[],
): Figure {
  const scorer = openScorer(models, SYMBOLS);
  replay(scorer, 0, bars);
  const state = scorer.exportState(0);
  for (let slot = 1; slot < SYMBOLS; slot++) scorer.importState(slot, state);
  let minute = 0;
  return measure(name, { unit: "ms", per: `${SYMBOLS} closes`, count: 1, repeats: 100 }, () => {
    minute++;
    for (let slot = 0; slot < SYMBOLS; slot++) {
      const bar = bars[(slot * 7 + minute) % bars.length];
      if (bar === undefined) continue;
      scorer.step(slot, bar);
      for (const model of models.keys()) scorer.result(model);
    }
  });
}

/** Memory of the states of many symbols. */
export function measureStates(name: string, models: readonly CoreModel[]): Figure {
  const bytes = openScorer(models, 1).exportState(0).length;
  return summarize(name, `MiB per ${SYMBOLS} symbols`, [bytes * SYMBOLS / 2 ** 20]);
}

/** A model's normalized features of bars, row after row. */
export function featureRows({ features }: HmmModel, bars: readonly CoreBar[]) {
  const { normalized, dims } = computeFeatures(
    loadCore(),
    features,
    flattenBars(bars),
    [bars.length],
  );
  return { rows: normalized, dims };
}
