import { type CoreHmm, viterbiRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FitRows } from "../training/fit_worker.ts";
import type { HeldOut } from "../artifact/walk_forward.ts";

type Selection = HeldOut["selection"][number];

/** Number of free parameters of a Gaussian HMM: starts, transitions, means and covariances. */
export function countParameters(states: number, dims: number): number {
  return states - 1 + states * (states - 1) + states * dims + states * dims * (dims + 1) / 2;
}

/**
 * Criteria for the number of states, lower is better: BIC = -2 ln p(x) + m ln n (Schwarz 1978), and
 * ICL, which uses the joint likelihood of bars and most probable path (Biernacki, Celeux and Govaert
 * 2000) and so penalizes states that overlap.
 *
 * @param logLikelihood ln p of the rows under `hmm`, nats.
 * @param rows The rows of the fit.
 */
export function selectionCriteria(
  hmm: CoreHmm,
  logLikelihood: number,
  { rows, dims, lengths }: FitRows,
): Selection {
  const count = rows.length / dims;
  const states = hmm.startprob.length;
  const parameters = countParameters(states, dims);
  const penalty = parameters * Math.log(count);
  const { logProbabilities } = viterbiRows(loadCore(), hmm, rows, lengths);
  const complete = logProbabilities.reduce((sum, x) => sum + x, 0);
  return {
    states,
    parameters,
    log_likelihood_per_bar: logLikelihood / count,
    bic: penalty - 2 * logLikelihood,
    icl: penalty - 2 * complete,
  };
}
