import { type CoreHmm, filterRows, scoreRows, smoothRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FitRows } from "../training/fit_worker.ts";
import type { HeldOut } from "../artifact/walk_forward.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { cutBlocks, sumBlocks } from "./bootstrap.ts";
import { type Delays, measureDelay } from "./delay.ts";
import type { FoldModels } from "./fit_fold.ts";
import { compareForecasters, type ForecastBars, type ForecasterSums } from "./forecasters.ts";
import { type EvaluationHistory, gather, gatherRows, type Segment } from "./history.ts";
import { measureOutcomes, type Outcomes } from "./outcomes.ts";
import { agreement, argmaxRows, countVisits, expectedDwell, type Visits } from "./paths.ts";
import { adjustedRandIndex } from "./rand_index.ts";
import { type RegimeSums, sumRegimes } from "./regimes.ts";

/** Sums of ln p(x_t | x_1..x_t-1) of each block, nats. */
export interface LikelihoodSums {
  readonly model: Float64Array;
  readonly gaussian: Float64Array;
  readonly mixture: Float64Array;
  readonly fewerStates: Float64Array;
  readonly moreStates?: Float64Array;
}

/** Measures of a fold's models on its test bars. */
export interface FoldMeasures {
  readonly part: HeldOut["parts"][number];
  /** Bars of each block. */
  readonly bars: Float64Array;
  readonly logLikelihoods: LikelihoodSums;
  readonly selection: HeldOut["selection"];
  readonly visits: Visits;
  readonly expectedDwells: readonly number[];
  readonly regimes: readonly RegimeSums[];
  readonly delays: Delays;
  /** Share of bars on which filter and smoother agree. */
  readonly agreement: number;
  /** Mean adjusted Rand index of the paths of all pairs of re-fits. */
  readonly seedStability: number;
  /** Adjusted Rand index of the paths of this and the previous fold's model; absent without one. */
  readonly consecutiveStability?: number;
  readonly anomalies: number;
  readonly forecast: ForecasterSums;
}

/** The bars of a fold. */
export interface FoldBars {
  readonly train: readonly Segment[];
  readonly test: readonly Segment[];
}

function describeSpan(segments: readonly Segment[]): HeldOut["parts"][number]["test"] {
  const from = Math.min(...segments.map(({ start }) => start));
  const to = Math.max(...segments.map(({ start, length }) => start + (length - 1) * MINUTE_MS));
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    bars: segments.reduce((sum, { length }) => sum + length, 0),
  };
}

function describeBars(
  history: EvaluationHistory,
  hmm: CoreHmm,
  segments: readonly Segment[],
): { readonly rows: FitRows; readonly outcomes: Outcomes; readonly forecast: ForecastBars } {
  const rows = gatherRows(history, segments);
  const outcomes = measureOutcomes(history.bars, segments);
  const { posteriors } = filterRows(loadCore(), hmm, rows.rows, rows.lengths);
  return {
    rows,
    outcomes,
    forecast: {
      posteriors,
      range: gather(history.range, segments),
      plainRange: gather(history.plainRange, segments),
      volatility: outcomes.volatility,
      lengths: rows.lengths,
    },
  };
}

/** The filter's path. */
function filteredPath(hmm: CoreHmm, { rows, lengths }: FitRows): Uint8Array {
  return argmaxRows(filterRows(loadCore(), hmm, rows, lengths).posteriors, hmm.startprob.length);
}

function meanOfPairs(paths: readonly Uint8Array[]): number {
  const indices = paths.flatMap((a, i) => paths.slice(i + 1).map((b) => adjustedRandIndex(a, b)));
  return indices.reduce((sum, x) => sum + x, 0) / indices.length;
}

/**
 * Measures models on the test bars of a fold. Nothing is fitted on the test bars.
 *
 * @param before The previous fold's model.
 */
export function measureFold(
  history: EvaluationHistory,
  { train, test }: FoldBars,
  models: FoldModels,
  before?: CoreHmm,
): FoldMeasures {
  const wasm = loadCore();
  const { hmm, forest, refits, moreStates } = models;
  const states = hmm.startprob.length;
  const tested = describeBars(history, hmm, test);
  const { rows, lengths, dims } = tested.rows;
  const blocks = cutBlocks(lengths);
  const likelihood = (model: CoreHmm) =>
    sumBlocks(filterRows(wasm, model, rows, lengths).logLikelihoods, blocks);
  const path = argmaxRows(tested.forecast.posteriors, states);
  const smoothed = argmaxRows(smoothRows(wasm, hmm, rows, lengths), states);
  const scores = scoreRows(wasm, forest, rows, dims);
  return {
    part: { train: describeSpan(train), test: describeSpan(test) },
    bars: sumBlocks(new Uint8Array(path.length).fill(1), blocks),
    logLikelihoods: {
      model: likelihood(hmm),
      gaussian: likelihood(models.gaussian),
      mixture: likelihood(models.mixture),
      fewerStates: likelihood(models.fewerStates),
      ...(moreStates && { moreStates: likelihood(moreStates) }),
    },
    selection: models.selection,
    visits: countVisits(path, lengths, states),
    expectedDwells: hmm.transmat.map((_, k) => expectedDwell(hmm.transmat, k)),
    regimes: sumRegimes(path, states, tested.outcomes, blocks),
    delays: measureDelay(smoothed, path, lengths),
    agreement: agreement(path, smoothed),
    seedStability: meanOfPairs([path, ...refits.map((refit) => filteredPath(refit, tested.rows))]),
    ...(before && {
      consecutiveStability: adjustedRandIndex(path, filteredPath(before, tested.rows)),
    }),
    anomalies: scores.filter((score) => score < forest.offset).length,
    forecast: compareForecasters(
      hmm,
      describeBars(history, hmm, train).forecast,
      tested.forecast,
      blocks,
    ),
  };
}
