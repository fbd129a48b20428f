import {
  warmUpBars,
  computeFeatures,
  type CoreFeatures,
  type CoreSource,
  filterRows,
  fitForest,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { Artifact, FittedArtifact } from "../artifact/read.ts";
import type { TrainingParameters } from "./parameters.ts";
import { evaluateWalkForward } from "../evaluation/evaluate.ts";
import type { FitRows } from "./fit_worker.ts";
import { type PresetName, PRESETS } from "./presets.ts";
import { measureInSample } from "../report/scorecard.ts";
import { type HmmSearch, searchHmm } from "./search_hmm.ts";
import { barCount, type BarSequence, hashSequences, joinBars, lastTime } from "./sequences.ts";
import { VERSION } from "../../data/common/version.ts";

/** Least bars that a model is fitted on: a day. */
const LEAST_BARS = 1440;
const RESTARTS = 10;

/** What a model is fitted on, and how. */
export interface FitOptions extends TrainingParameters {
  readonly preset: PresetName;
  /** Name of the model; the preset's when absent. */
  readonly name?: string | undefined;
  readonly sequences: readonly BarSequence[];
  /** The market that the bars are of. */
  readonly symbol: string;
  readonly market: "spot" | "usdm";
  /** Same bars, same seed: same model, on any host. */
  readonly seed: number;
  /**
   * Evaluates the model walk-forward, see `evaluateWalkForward`; `final`: looks at the last part of
   * the history too. Absent: no evaluation.
   */
  readonly evaluation?: { readonly final: boolean } | undefined;
  /** When the model was made, for the record; now when absent. */
  readonly created?: Date | undefined;
  /** Most workers at a time; the machine's processors when absent. */
  readonly workers?: number | undefined;
  /** Called as the work goes on. */
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

function describeTraining(
  { sequences, symbol, market, seed }: FitOptions,
): FittedArtifact["training"] {
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

/** The features of the bars that a model of them sees: a preset may be blind at first. */
function visibleRows(
  wasm: CoreSource,
  features: CoreFeatures,
  sequences: readonly BarSequence[],
): FitRows {
  const all = sequences.map(barCount);
  const starts = sequences.map(({ start }) => start);
  const { normalized, dims } = computeFeatures(wasm, features, joinBars(sequences), all, starts);
  const blind = warmUpBars(features);
  const lengths = all.map((length) => Math.max(0, length - blind));
  const rows = new Float64Array(lengths.reduce((sum, length) => sum + length, 0) * dims);
  let from = 0;
  let to = 0;
  for (const [i, length] of all.entries()) {
    const visible = lengths[i] ?? 0;
    rows.set(normalized.subarray((from + length - visible) * dims, (from + length) * dims), to);
    from += length;
    to += visible * dims;
  }
  return { rows, dims, lengths: lengths.filter((length) => length > 0) };
}

/** Tells of works that go on side by side as of one; each says how much of it is done. */
function joinProgress(
  report: (done: number, total: number) => void,
): () => (done: number, total: number) => void {
  const works: (readonly [done: number, total: number])[] = [];
  return () => {
    const own = works.push([0, 0]) - 1;
    return (...step) => {
      works[own] = step;
      report(
        works.reduce((sum, [done]) => sum + done, 0),
        works.reduce((sum, [, total]) => sum + total, 0),
      );
    };
  };
}

/** Waits until two works have ended, even when one fails, so that none goes on for nobody. */
async function settleBoth<A, B>(a: Promise<A>, b: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

/**
 * Fits a model: features of each sequence, Isolation Forest, HMM in canonical order, and what can
 * be said of them on the training bars.
 *
 * @throws RangeError for too few bars.
 */
export async function fitModel(options: FitOptions): Promise<FittedArtifact> {
  const { preset, sequences, seed, contamination, states, evaluation, onProgress } = options;
  const rules = PRESETS[preset];
  const features = rules.features(options.window);
  const wasm = loadCore();
  const visible = visibleRows(wasm, features, sequences);
  const { rows: normalized, dims, lengths } = visible;
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  if (rows < LEAST_BARS) {
    throw new RangeError(
      `Cannot fit a ${preset} model on ${rows} bars beyond its warm-up: at least ${LEAST_BARS} are needed`,
    );
  }
  onProgress?.("Isolation Forest", 0, 1);
  const { forest, scores } = fitForest(wasm, normalized, dims, { seed, contamination });
  const part = joinProgress((done, total) =>
    onProgress?.(evaluation ? "fit and evaluation" : "hidden Markov model", done, total)
  );
  const { workers } = options;
  // Side by side, since a final fit alone keeps one processor busy only.
  const [search, walkForward] = await settleBoth(
    searchHmm(visible, { states, seed, restarts: RESTARTS, workers, onProgress: part() }),
    Promise.resolve(
      evaluation && evaluateWalkForward(sequences, {
        ...evaluation,
        preset,
        features,
        states,
        contamination,
        seed,
        workers,
        onProgress: part(),
      }),
    ),
  );
  const hmm = rules.canonical(search.best.hmm);
  const labels = rules.labels(states);
  const filtered = filterRows(wasm, hmm, normalized, lengths);
  return {
    schema: 1,
    name: options.name ?? preset,
    created: (options.created ?? new Date()).toISOString(),
    features,
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
      ...(walkForward && { walk_forward: walkForward }),
    },
  };
}
