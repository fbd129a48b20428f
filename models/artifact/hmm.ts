import { z } from "zod";
import { MAX_STATES } from "../../core-wasm/core.ts";
import { labelKey } from "../../data/schema/signal.ts";
import { isPositiveDefinite, isSymmetric } from "../training/matrix.ts";
import { lengthProblems, type Problem, problems } from "./problems.ts";

/** Allowed deviation of a sum of probabilities from 1. */
const TOLERANCE = 1e-6;

// Features are of the order of 1; beyond these bounds densities are meaningless.
const MAX_MEAN = 1e6;
const MAX_COVAR = 1e12;
const MIN_VARIANCE = 1e-12;

const distribution = z.array(z.number().min(0).max(1)).superRefine(problems(function* (values) {
  const sum = values.reduce((total, value) => total + value, 0);
  if (Math.abs(sum - 1) <= TOLERANCE) return;
  yield { path: [], message: `must sum to 1: current sum is ${sum}` };
}));

const hmmArrays = z.strictObject({
  /** Initial distribution [K]. */
  startprob: distribution.min(1).max(MAX_STATES),
  /** Transition probabilities from row to column [K][K]. */
  transmat: z.array(distribution),
  /** [K][D]. */
  means: z.array(z.array(z.number().min(-MAX_MEAN).max(MAX_MEAN))),
  /** [K][D][D]. */
  covars: z.array(z.array(z.array(z.number().min(-MAX_COVAR).max(MAX_COVAR)))),
  /** Names of the regimes [K], in canonical order. */
  labels: z.array(z.string().min(1)),
});

type Hmm = z.infer<typeof hmmArrays>;

function* covarProblems(covar: readonly (readonly number[])[], k: number): Iterable<Problem> {
  const wrong = covar.findIndex((row) => row.length !== covar.length);
  if (wrong >= 0) {
    yield* lengthProblems(["covars", k, wrong], covar[wrong] ?? [], covar.length);
  } else if (!isSymmetric(covar)) {
    yield { path: ["covars", k], message: "must be symmetric" };
  } else if (covar.some((row, i) => (row[i] ?? 0) < MIN_VARIANCE)) {
    yield { path: ["covars", k], message: `must have variances of at least ${MIN_VARIANCE}` };
  } else if (!isPositiveDefinite(covar)) {
    yield { path: ["covars", k], message: "must be positive definite" };
  }
}

function* hmmProblems(hmm: Hmm): Iterable<Problem> {
  const states = hmm.startprob.length;
  for (const name of ["transmat", "means", "covars", "labels"] as const) {
    yield* lengthProblems([name], hmm[name], states);
  }
  for (const [k, row] of hmm.transmat.entries()) {
    yield* lengthProblems(["transmat", k], row, states);
  }
  for (const [k, covar] of hmm.covars.entries()) yield* covarProblems(covar, k);
  const keys = hmm.labels.map(labelKey);
  for (const [k, key] of keys.entries()) {
    if (key !== "" && keys.indexOf(key) === k) continue;
    yield { path: ["labels", k], message: `must have a unique key: current key is "${key}"` };
  }
}

/** A Gaussian hidden Markov model. */
export const hmmSchema = hmmArrays.superRefine(problems(hmmProblems));

/** States out of canonical order: ascending mean of the first feature, which the labels follow. */
export function* orderProblems(
  { means }: { readonly means: readonly (readonly number[])[] },
): Iterable<Problem> {
  for (const [k, [mean = NaN]] of means.entries()) {
    const before = means[k - 1]?.[0] ?? -Infinity;
    if (mean >= before) continue;
    const message =
      `must be in canonical order, at least ${before} of the previous state: current value is ${mean}`;
    yield { path: ["hmm", "means", k, 0], message };
  }
}

/** Means and covariances whose dimensions differ from the features'. */
export function* dimensionProblems(
  hmm: {
    readonly means: readonly (readonly number[])[];
    readonly covars: readonly (readonly unknown[])[];
  },
  dims: number,
): Iterable<Problem> {
  for (const [k, mean] of hmm.means.entries()) {
    yield* lengthProblems(["hmm", "means", k], mean, dims);
  }
  for (const [k, covar] of hmm.covars.entries()) {
    yield* lengthProblems(["hmm", "covars", k], covar, dims);
  }
}
