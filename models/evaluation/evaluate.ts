import { type CoreFeatures, historyBars } from "../../core-wasm/core.ts";
import { PRESETS } from "../training/presets.ts";
import type { WalkForward } from "../artifact/walk_forward.ts";
import type { BarSequence } from "../training/sequences.ts";
import { BLOCK_BARS, RESAMPLES } from "./bootstrap.ts";
import { fitFold, type FoldFitOptions, type FoldModels, REFITS, RESTARTS } from "./fit_fold.ts";
import { type Fold, planFolds, TRAIN_BARS } from "./folds.ts";
import { type EvaluationHistory, gatherRows, prepareHistory, selectSegments } from "./history.ts";
import { type FoldMeasures, measureFold } from "./measure_fold.ts";
import { HORIZON } from "./horizon.ts";
import { summarizeFolds } from "./summarize.ts";

/** How a model is evaluated; it is fitted anew for each part. */
export interface EvaluationOptions extends FoldFitOptions {
  readonly features: CoreFeatures;
  /** Whether the final part is looked at; false while a model is still searched for. */
  readonly final: boolean;
  /** Called as parts are done. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Minutes between training and test, at most, beyond the horizon: a week. Features look back only,
 * so nothing of a test is known in training however short it is; it ends what storms they share.
 */
const MOST_PURGED = 10_080;

/** A fold's models and what their test says of them. */
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
 * Evaluates a model walk-forward: for each part of the history, in the order of time, it is fitted
 * on what came before and measured on the part. Quantiles, thresholds, frequencies and the anomaly
 * offset are learnt on the training bars too. A history that is too short is not evaluated, and the
 * note says so.
 */
export async function evaluateWalkForward(
  sequences: readonly BarSequence[],
  options: EvaluationOptions,
): Promise<WalkForward> {
  const { features, preset, states, contamination, seed, final, onProgress } = options;
  const history = prepareHistory(sequences, features);
  const purge = Math.min(historyBars(features), MOST_PURGED) + HORIZON;
  const plan = planFolds(history.visible, purge);
  const labels = PRESETS[preset].labels(states);
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
