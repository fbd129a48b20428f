import { type ClassicFeatures, historyBars } from "../../core-wasm/core.ts";
import { classicLabels } from "../artifact/labels.ts";
import type { WalkForward } from "../artifact/walk_forward.ts";
import type { BarSequence } from "../training/sequences.ts";
import { BLOCK_BARS, RESAMPLES } from "./bootstrap.ts";
import { fitFold, type FoldFitOptions, type FoldModels, REFITS, RESTARTS } from "./fit_fold.ts";
import { type Fold, planFolds, TRAIN_BARS } from "./folds.ts";
import {
  type EvaluationHistory,
  gatherRows,
  HORIZON,
  prepareHistory,
  selectSegments,
} from "./history.ts";
import { type FoldMeasures, measureFold } from "./measure_fold.ts";
import { summarizeFolds } from "./summarize.ts";

/** How a model is evaluated. Each part has a fit of its own. */
export interface EvaluationOptions extends FoldFitOptions {
  readonly features: ClassicFeatures;
  /** Whether the final part is evaluated; false while a model is still being developed. */
  readonly final: boolean;
  /** Called with the number of finished parts. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Most minutes between training and test beyond the horizon: a week. Features are causal, so even a
 * short gap would not leak the test into training; the gap separates volatility clusters.
 */
const MAX_PURGED = 10_080;

/** A fold's models and their test results. */
interface TestedFold {
  readonly models: FoldModels;
  readonly measures: FoldMeasures;
}

async function testFold(
  history: EvaluationHistory,
  { train, test }: Fold,
  options: EvaluationOptions,
  before: FoldModels | undefined,
): Promise<TestedFold> {
  const bars = {
    train: selectSegments(history.visible, train),
    test: selectSegments(history.visible, test),
  };
  const models = await fitFold(gatherRows(history, bars.train), options);
  return { models, measures: measureFold(history, bars, models, before?.hmm) };
}

/**
 * Evaluates a model walk-forward: for each part of the history, in order of time, a model is fitted
 * on earlier bars and measured on the part. Quantiles, thresholds, frequencies and the anomaly
 * offset come from the training bars too. A history that is too short is not evaluated; the note
 * gives the reason.
 */
export async function evaluateWalkForward(
  sequences: readonly BarSequence[],
  options: EvaluationOptions,
): Promise<WalkForward> {
  const { features, states, contamination, seed, final, onProgress } = options;
  const history = prepareHistory(sequences, features);
  const purge = Math.min(historyBars(features), MAX_PURGED) + HORIZON;
  const plan = planFolds(history.visible, purge);
  const labels = classicLabels(states);
  const parts = [...plan.folds, ...(final && plan.final ? [plan.final] : [])];
  const tested: TestedFold[] = [];
  for (const [i, fold] of parts.entries()) {
    onProgress?.(i, parts.length);
    tested.push(await testFold(history, fold, options, tested.at(-1)?.models));
  }
  onProgress?.(parts.length, parts.length);
  const measures = tested.map((fold) => fold.measures);
  const [folds, last] = [measures.slice(0, plan.folds.length), measures.slice(plan.folds.length)];
  return {
    protocol: {
      horizon_minutes: HORIZON,
      train_bars: TRAIN_BARS,
      purge_minutes: purge,
      restarts: RESTARTS,
      refits: REFITS,
      block_bars: BLOCK_BARS,
      resamples: RESAMPLES,
      contamination,
    },
    ...(plan.note !== undefined && { note: plan.note }),
    ...(folds.length > 0 && { folds: summarizeFolds(folds, labels, seed) }),
    ...(last.length > 0 && { final: summarizeFolds(last, labels, seed) }),
  };
}
