import type { CoreHmm, HmmFit } from "../../core-wasm/core.ts";
import { fitInParallel } from "../training/fit_in_parallel.ts";
import type { FitRows } from "../training/fit_worker.ts";

/** Most rows of a fit; without dynamics a sample of rows is enough. */
const MIXTURE_ROWS = 10_000;
/** Random starts. */
const STARTS = 2;
/** Convergence, nats per row. */
const TOLERANCE = 1e-6;
/** Most iterations: EM converges slowly where the rows are not a mixture, and gains little. */
const MAX_ITERATIONS = 200;

/** Evenly spaced rows, each a sequence of its own. */
function spreadRows({ rows, dims }: FitRows): FitRows {
  const count = rows.length / dims;
  const stride = Math.max(1, Math.floor(count / MIXTURE_ROWS));
  const picked = rows.filter((_, i) => Math.floor(i / dims) % stride === 0);
  return { rows: picked, dims, lengths: new Array<number>(picked.length / dims).fill(1) };
}

/** A Gaussian mixture as an HMM whose next state does not depend on the current one. */
export function mixtureAsHmm({ startprob, means, covars }: CoreHmm): CoreHmm {
  return { startprob, transmat: startprob.map(() => startprob), means, covars };
}

/**
 * Fits a Gaussian mixture by EM: Baum-Welch on sequences of one row each, so that the initial
 * distribution is the mixture's weights.
 *
 * @returns The mixture as an HMM without dynamics.
 */
export async function fitMixture(
  all: FitRows,
  { states, seed, workers }: {
    readonly states: number;
    readonly seed: number;
    readonly workers?: number | undefined;
  },
): Promise<CoreHmm> {
  const jobs = Array.from({ length: STARTS }, (_, restart) => ({
    start: { states, seed, restart },
    tolerance: TOLERANCE,
    maxIterations: MAX_ITERATIONS,
  }));
  const fits = await fitInParallel(spreadRows(all), jobs, { workers });
  const best = fits.reduce((a: HmmFit, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  return mixtureAsHmm(best.hmm);
}
