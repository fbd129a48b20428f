import { computeFeatures, type CoreHmm, FEATURE_INPUTS, filterRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { HmmArtifact } from "../../models/artifact/read.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import {
  longRunShares,
  minuteOfWeek,
  REGIMES,
  SEASONALITY,
  transitionMatrix,
  WEEK_MINUTES,
} from "../../service/commands/notebooks.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { SimulatedTruth } from "./simulated_truth.ts";

/** Features of each minute, row after row. */
interface Rows {
  readonly rows: Float64Array;
  readonly dims: number;
}

/** Accuracy of an oracle baseline: a Gaussian HMM of certain features, fitted on true labels. */
export interface InformedAccuracy {
  /** The features, in words. */
  readonly sees: string;
  /** Share of the second half's minutes with the true regime. */
  readonly accuracy: number;
  /** The same for the oracle. */
  readonly optimal: number;
}

/** The chain of regimes averaged over the week, so that it does not change with time. */
function averageChain(): Pick<CoreHmm, "startprob" | "transmat"> {
  const startprob = REGIMES.map(() => 0);
  const transmat = REGIMES.map(() => REGIMES.map(() => 0));
  for (let week = 0; week < WEEK_MINUTES; week++) {
    const before = longRunShares((week + WEEK_MINUTES - 1) % WEEK_MINUTES);
    const matrix = transitionMatrix(week);
    for (const [i, share] of before.entries()) {
      startprob[i] = (startprob[i] ?? 0) + share / WEEK_MINUTES;
      for (const [j, p] of (matrix[i] ?? []).entries()) {
        const row = transmat[i];
        if (row) row[j] = (row[j] ?? 0) + share * p / WEEK_MINUTES;
      }
    }
  }
  return {
    startprob,
    transmat: transmat.map((row, i) => row.map((p) => p / (startprob[i] ?? NaN))),
  };
}

/** An HMM with the averaged true chain and the Gaussian of each regime's rows. */
function informedHmm({ rows, dims }: Rows, regimes: Uint8Array): CoreHmm {
  const states = REGIMES.map((_, k) => {
    const members = Array.from(regimes.keys()).filter((t) => regimes[t] === k);
    const average = (of: (t: number) => number) =>
      members.reduce((sum, t) => sum + of(t), 0) / members.length;
    const axes = Array.from({ length: dims }, (_, d) => d);
    const value = (t: number, d: number) => rows[t * dims + d] ?? NaN;
    const mean = axes.map((d) => average((t) => value(t, d)));
    const deviation = (t: number, d: number) => value(t, d) - (mean[d] ?? NaN);
    return {
      mean,
      covar: axes.map((i) => axes.map((j) => average((t) => deviation(t, i) * deviation(t, j)))),
    };
  });
  return {
    ...averageChain(),
    means: states.map(({ mean }) => mean),
    covars: states.map(({ covar }) => covar),
  };
}

function rowsOf(count: number, of: (t: number) => readonly number[]): Rows {
  const dims = of(0).length;
  const rows = new Float64Array(count * dims);
  for (let t = 0; t < count; t++) rows.set(of(t), t * dims);
  return { rows, dims };
}

/**
 * Accuracy of oracle baselines with different features. Each is a Gaussian HMM with the true
 * transition probabilities, averaged over the week, and the means and covariances of its features by
 * true regime in the first half; only the features differ. They bound what a three-state Gaussian
 * HMM can do with such features.
 *
 * @param features A model's features, which come first.
 */
export function informedAccuracies(
  { bars, minutes, regimes, optimal }: SimulatedTruth,
  features: HmmArtifact["features"],
): readonly InformedAccuracy[] {
  const wasm = loadCore();
  const count = regimes.length;
  const half = Math.floor(count / 2);
  const at = (t: number, input: (typeof FEATURE_INPUTS)[number]) =>
    bars.bars[t * FEATURE_INPUTS.length + FEATURE_INPUTS.indexOf(input)] ?? NaN;
  const logRange = (t: number) => Math.log((at(t, "high") - at(t, "low")) / at(t, "open") + 1e-5);
  const logVolume = (t: number) => Math.log(at(t, "volume") * at(t, "close") + 1);
  const week = (t: number) => minuteOfWeek(bars.start / MINUTE_MS + t);
  const volatility = (t: number) => Math.log(minutes[t]?.volatilityScale ?? NaN);
  const activity = (t: number) => Math.log(minutes[t]?.activityScale ?? NaN);
  const trades = (t: number) => Math.log((minutes[t]?.trades ?? NaN) + 0.5);
  const baselines: readonly (readonly [string, Rows])[] = [
    [`${features.names.join(", ")} of the preset`, {
      rows: computeFeatures(wasm, features, bars.bars, [count], [bars.start]).normalized,
      dims: features.names.length,
    }],
    ["log range and log volume of the minute", rowsOf(count, (t) => [logRange(t), logVolume(t)])],
    [
      "the same, minus the true weekly pattern",
      rowsOf(count, (t) => [
        logRange(t) - Math.log(SEASONALITY.volatility[week(t)] ?? NaN),
        logVolume(t) - Math.log(SEASONALITY.activity[week(t)] ?? NaN),
      ]),
    ],
    [
      "the same, minus the true scales of the minute",
      rowsOf(count, (t) => [logRange(t) - volatility(t), logVolume(t) - activity(t)]),
    ],
    [
      "that, with the number of trades instead of the volume",
      rowsOf(count, (t) => [logRange(t) - volatility(t), trades(t) - activity(t)]),
    ],
  ];
  const shareRight = (path: Uint8Array) =>
    path.subarray(half).filter((regime, i) => regime === regimes[half + i]).length / (count - half);
  return baselines.map(([sees, observed]) => {
    const hmm = informedHmm(
      { rows: observed.rows.subarray(0, half * observed.dims), dims: observed.dims },
      regimes.subarray(0, half),
    );
    const { posteriors } = filterRows(wasm, hmm, observed.rows, [count]);
    return {
      sees,
      accuracy: shareRight(argmaxRows(posteriors, REGIMES.length)),
      optimal: shareRight(argmaxRows(optimal, REGIMES.length)),
    };
  });
}
