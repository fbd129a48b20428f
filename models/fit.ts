import {
  computeFeatures,
  type CoreFeatures,
  FEATURE_NAMES,
  filterRows,
  fitForest,
} from "../core-wasm/core.ts";
import { loadCore } from "../core-wasm/load.ts";
import type { Artifact } from "./artifact.ts";
import { sortByMean } from "./canonical_order.ts";
import type { TrainingParameters } from "./defaults.ts";
import { classicLabels } from "./labels.ts";
import { measureInSample } from "./scorecard.ts";
import { type HmmSearch, searchHmm } from "./search_hmm.ts";
import { barCount, type BarSequence, hashSequences, joinBars, lastTime } from "./sequences.ts";
import { VERSION } from "./version.ts";

/** Feature presets that can be fitted. */
export const PRESETS = Object.keys(FEATURE_NAMES) as readonly CoreFeatures["preset"][];

/** Least bars that a model is fitted on: a day. */
const LEAST_BARS = 1440;
const RESTARTS = 10;
/** Index of the momentum among the classic features. */
const MOMENTUM = 0;

/** What a model is fitted on, and how. */
export interface FitOptions extends TrainingParameters {
  readonly preset: CoreFeatures["preset"];
  /** Name of the model; the preset's when absent. */
  readonly name?: string | undefined;
  readonly sequences: readonly BarSequence[];
  /** The market that the bars are of. */
  readonly symbol: string;
  readonly market: "spot" | "usdm";
  /** Same bars, same seed: same model, on any host. */
  readonly seed: number;
  /** Called as the work goes on. */
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

function describeTraining({ sequences, symbol, market, seed }: FitOptions): Artifact["training"] {
  const first = Math.min(...sequences.map((sequence) => sequence.start));
  const last = Math.max(...sequences.map(lastTime));
  return {
    symbol,
    market,
    period: { from: new Date(first).toISOString(), to: new Date(last).toISOString() },
    rows: sequences.reduce((sum, sequence) => sum + barCount(sequence), 0),
    sequences: sequences.length,
    sha256: hashSequences(sequences),
    seed,
    version: VERSION,
  };
}

function describeFit({ best, restarts }: HmmSearch): Artifact["scorecard"]["fit"] {
  return {
    iterations: best.iterations,
    converged: best.converged,
    restarts: restarts.map(({ logLikelihoodPerRow, iterations, converged }) => ({
      log_likelihood_per_bar: logLikelihoodPerRow,
      iterations,
      converged,
    })),
  };
}

/**
 * Fits a model: features of each sequence, Isolation Forest, HMM in canonical order, and what can
 * be said of them on the training bars.
 *
 * @throws RangeError for too few bars.
 */
export function fitModel(options: FitOptions): Artifact {
  const { preset, sequences, seed, contamination, states, onProgress } = options;
  const lengths = sequences.map(barCount);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  if (rows < LEAST_BARS) {
    throw new RangeError(`Cannot fit a model on ${rows} bars: at least ${LEAST_BARS} are needed`);
  }
  const wasm = loadCore();
  const windows = { rolling: options.window };
  const { normalized, dims } = computeFeatures(
    wasm,
    { preset, windows },
    joinBars(sequences),
    lengths,
  );
  onProgress?.("Isolation Forest", 0, 1);
  const { forest, scores } = fitForest(wasm, normalized, dims, { seed, contamination });
  const search = searchHmm(wasm, normalized, dims, lengths, {
    states,
    seed,
    restarts: RESTARTS,
    onProgress: (done, total) => onProgress?.("hidden Markov model", done, total),
  });
  const hmm = sortByMean(search.best.hmm, MOMENTUM);
  const labels = classicLabels(states);
  const filtered = filterRows(wasm, hmm, normalized, lengths);
  return {
    schema: 1,
    name: options.name ?? preset,
    created: new Date().toISOString(),
    features: { preset, names: FEATURE_NAMES[preset], windows },
    forest: {
      max_samples: forest.max_samples,
      contamination,
      offset: forest.offset,
      trees: forest.trees,
    },
    hmm: { ...hmm, labels },
    training: describeTraining(options),
    scorecard: {
      in_sample: measureInSample(hmm, labels, filtered, lengths, scores, forest.offset),
      fit: describeFit(search),
    },
  };
}
