import { chunk } from "../data/common/std/chunk.ts";
import {
  allocate,
  allocated,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
  int32View,
} from "./instance.ts";
import type { CoreHmm } from "./model.ts";

/** Random initial parameters: k-means++ means, the covariance of all rows, a random dwell time. */
export interface RandomStart {
  /** Number of states, 1 to 8. */
  readonly states: number;
  readonly seed: number;
  /** Number of the restart: each draws its own random numbers from the seed. */
  readonly restart: number;
}

/** How an HMM is fitted. */
export interface HmmFitOptions {
  /** Initial parameters of Baum-Welch. */
  readonly start: RandomStart | CoreHmm;
  /** Most E-steps; 500 when absent. */
  readonly maxIterations?: number;
  /** Converged when an iteration gains less than this a row, nats; 1e-7 when absent. */
  readonly tolerance?: number;
  /** Called after each E-step with the log-likelihood per row, nats. */
  readonly onIteration?: (iteration: number, logLikelihoodPerRow: number) => void;
}

/** A fitted HMM and its convergence. */
export interface HmmFit {
  readonly hmm: CoreHmm;
  /** ln p of the training rows under `hmm`, nats. */
  readonly logLikelihood: number;
  /** E-steps. */
  readonly iterations: number;
  /** False when `maxIterations` ended the fit. */
  readonly converged: boolean;
}

/** Lower bound of a covariance's eigenvalues for standardized rows: no state may collapse. */
const COVARIANCE_FLOOR = 1e-4;
/** Loss of log-likelihood that rounding may cause, nats per nat and per row. */
const ROUNDING = 1e-11;
/** Stream of the seed for restart 0; forests draw from stream 0. */
const HMM_STREAM = 1;

/** Writes the initial parameters in standardized units. */
function writeHmm(core: CoreExports, hmm: CoreHmm, states: number, dims: number): void {
  const model = core.fitModel();
  const centers = float64View(core, core.fitCenters(), dims);
  const spreads = float64View(core, core.fitSpreads(), dims);
  const spread = (d: number) => spreads[d] ?? NaN;
  float64View(core, core.hmmStartprob(model), states).set(hmm.startprob);
  float64View(core, core.hmmTransmat(model), states * states).set(hmm.transmat.flat());
  float64View(core, core.hmmMeans(model), states * dims).set(
    hmm.means.flatMap((mean) => mean.map((x, d) => (x - (centers[d] ?? NaN)) / spread(d))),
  );
  float64View(core, core.hmmCovars(model), states * dims * dims).set(
    hmm.covars.flatMap((covar) =>
      covar.flatMap((line, i) => line.map((x, j) => x / (spread(i) * spread(j))))
    ),
  );
}

/** Reads the fitted parameters in the units of the input. */
function readHmm(core: CoreExports, states: number, dims: number): CoreHmm {
  const model = core.fitModel();
  const centers = float64View(core, core.fitCenters(), dims);
  const spreads = float64View(core, core.fitSpreads(), dims);
  const center = (d: number) => centers[d] ?? NaN;
  const spread = (d: number) => spreads[d] ?? NaN;
  const means = chunk(float64View(core, core.hmmMeans(model), states * dims), dims);
  const lines = chunk(float64View(core, core.hmmCovars(model), states * dims * dims), dims);
  return {
    startprob: Array.from(float64View(core, core.hmmStartprob(model), states)),
    transmat: chunk(float64View(core, core.hmmTransmat(model), states * states), states),
    means: means.map((mean) => mean.map((x, d) => x * spread(d) + center(d))),
    covars: Array.from({ length: states }, (_, k) =>
      lines
        .slice(k * dims, (k + 1) * dims)
        .map((line, i) => line.map((x, j) => x * (spread(i) * spread(j))))),
  };
}

/** Copies the rows to the core, column after column, and standardizes them. */
function placeRows(
  core: CoreExports,
  rows: Float64Array,
  dims: number,
  lengths: readonly number[],
): void {
  const count = rows.length / dims;
  int32View(core, core.fitLengths(), lengths.length).set(lengths);
  for (let d = 0; d < dims; d++) {
    const column = float64View(core, core.fitColumns() + d * core.fitStride(), count);
    for (let t = 0; t < count; t++) column[t] = rows[t * dims + d] ?? NaN;
  }
  core.standardize();
}

/**
 * Fits a Gaussian HMM by Baum-Welch from one start.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 * @param lengths Rows of each sequence.
 * @throws Error when an iteration lowers the log-likelihood, which is a bug.
 */
export function fitHmm(
  wasm: CoreSource,
  rows: Float64Array,
  dims: number,
  lengths: readonly number[],
  options: HmmFitOptions,
): HmmFit {
  const { start, maxIterations = 500, tolerance = 1e-7 } = options;
  const states = "states" in start ? start.states : start.startprob.length;
  const core = instantiateCore(wasm);
  const count = rows.length / dims;
  allocated(core.initHmmFit(count, dims, states, lengths.length), "the rows");
  const scratch = allocate(core, count * 8, "the rows' distances");
  placeRows(core, rows, dims, lengths);
  if ("states" in start) {
    core.seedRandom(start.seed, HMM_STREAM + start.restart);
    core.startRandomly(count, scratch);
  } else {
    writeHmm(core, start, states, dims);
    core.floorCovariances(COVARIANCE_FLOOR);
  }

  let logLikelihood = core.expectationStep();
  options.onIteration?.(1, logLikelihood / count);
  for (let iterations = 2; iterations <= maxIterations; iterations++) {
    core.maximizationStep(COVARIANCE_FLOOR);
    const next = core.expectationStep();
    const gain = next - logLikelihood;
    if (!(gain >= -ROUNDING * (Math.abs(next) + count))) {
      throw new Error(
        `Cannot fit as iteration ${iterations} of Baum-Welch must raise the log-likelihood: it went ` +
          `from ${logLikelihood} to ${next}`,
      );
    }
    logLikelihood = next;
    options.onIteration?.(iterations, next / count);
    if (gain < tolerance * count) {
      return { hmm: readHmm(core, states, dims), logLikelihood, iterations, converged: true };
    }
  }
  return {
    hmm: readHmm(core, states, dims),
    logLikelihood,
    iterations: maxIterations,
    converged: false,
  };
}
