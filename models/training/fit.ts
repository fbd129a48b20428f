import { computeFeatures, filterRows, fitForest } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FittedArtifact, HmmArtifact } from "../artifact/read.ts";
import type { TrainingParameters } from "./parameters.ts";
import { evaluateWalkForward } from "../evaluation/evaluate.ts";
import { classicLabels } from "../artifact/labels.ts";
import { sortByMean } from "./canonical_order.ts";
import { classicFeatures } from "./classic_features.ts";
import { measureInSample } from "../evaluation/in_sample.ts";
import { type HmmSearch, searchHmm } from "./search_hmm.ts";
import { describeBars } from "./describe_bars.ts";
import { barCount, type BarSequence, joinBars } from "./sequences.ts";
import { VERSION } from "../../data/common/version.ts";

/** Minimum bars of a fit: a day. */
const MIN_BARS = 1440;
const RESTARTS = 10;

/** The bars of a fit, and its settings. */
export interface FitOptions extends TrainingParameters {
  /** Name of the model; "classic" when absent. */
  readonly name?: string | undefined;
  readonly sequences: readonly BarSequence[];
  /** Market of the bars. */
  readonly symbol: string;
  readonly market: "spot" | "usdm";
  /** The same bars and seed give the same model on any host. */
  readonly seed: number;
  /**
   * Walk-forward evaluation, see `evaluateWalkForward`; `final` includes the last part of the
   * history. Absent: no evaluation.
   */
  readonly evaluation?: { readonly final: boolean } | undefined;
  /** Time of creation in the artifact; now when absent. */
  readonly created?: Date | undefined;
  /** Most workers; the number of processors when absent. */
  readonly workers?: number | undefined;
  /** Called with the progress of each stage. */
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

function describeFit({ best, restarts }: HmmSearch): HmmArtifact["scorecard"]["fit"] {
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

/** Reports the summed progress of concurrent tasks; each call returns one task's callback. */
function joinProgress(
  report: (done: number, total: number) => void,
): () => (done: number, total: number) => void {
  const tasks: (readonly [done: number, total: number])[] = [];
  return () => {
    const own = tasks.push([0, 0]) - 1;
    return (...step) => {
      tasks[own] = step;
      report(
        tasks.reduce((sum, [done]) => sum + done, 0),
        tasks.reduce((sum, [, total]) => sum + total, 0),
      );
    };
  };
}

/** Waits until both tasks have ended, even when one fails, so that none is left running. */
async function settleBoth<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

/**
 * Fits a model: features of each sequence, Isolation Forest, HMM in canonical order, scorecard.
 *
 * @throws RangeError for too few bars.
 */
export async function fitModel(options: FitOptions): Promise<FittedArtifact> {
  const { sequences, seed, contamination, states, evaluation, onProgress } = options;
  const features = classicFeatures(options.window);
  const wasm = loadCore();
  const lengths = sequences.map(barCount);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  if (rows < MIN_BARS) {
    throw new RangeError(
      `Cannot fit a classic model as its bars must be at least ${MIN_BARS}: current value is ${rows}`,
    );
  }
  const { normalized, dims } = computeFeatures(wasm, features, joinBars(sequences), lengths);
  onProgress?.("Isolation Forest", 0, 1);
  const { forest, scores } = fitForest(wasm, normalized, dims, { seed, contamination });
  const part = joinProgress((done, total) =>
    onProgress?.(evaluation ? "fit and evaluation" : "hidden Markov model", done, total)
  );
  const { workers } = options;
  // Concurrently, since the final fit alone uses only one processor.
  const [search, walkForward] = await settleBoth(
    searchHmm({ rows: normalized, dims, lengths }, {
      states,
      seed,
      restarts: RESTARTS,
      workers,
      onProgress: part(),
    }),
    Promise.resolve(
      evaluation && evaluateWalkForward(sequences, {
        ...evaluation,
        features,
        states,
        contamination,
        seed,
        workers,
        onProgress: part(),
      }),
    ),
  );
  const hmm = sortByMean(search.best.hmm, 0);
  const labels = classicLabels(states);
  const filtered = filterRows(wasm, hmm, normalized, lengths);
  return {
    schema: 1,
    name: options.name ?? "classic",
    created: (options.created ?? new Date()).toISOString(),
    features,
    forest: {
      max_samples: forest.max_samples,
      contamination,
      offset: forest.offset,
      trees: forest.trees,
    },
    hmm: { ...hmm, labels },
    training: {
      ...describeBars(sequences, options.symbol, options.market),
      seed,
      version: VERSION,
    },
    scorecard: {
      in_sample: measureInSample(hmm, labels, filtered, lengths, scores, forest.offset),
      fit: describeFit(search),
      ...(walkForward && { walk_forward: walkForward }),
    },
  };
}
