/** A hidden Markov model with Gaussian emissions of full covariance. */
import { factorize, logDensity } from "./gaussian";
import { allocate } from "../memory";

/** Most states of a model. */
export const MAX_STATES: i32 = 8;

/** Scratch memory of one density. */
const scratch: usize = allocate(64);

@unmanaged
export class Hmm {
  /** Number of states, K. */
  states: i32;
  /** Number of dimensions, D. */
  dims: i32;
  /** Initial distribution, f64, K. */
  startprob: usize;
  /** Transition probabilities from row to column, f64, K x K. */
  transmat: usize;
  /** f64, K x D. */
  means: usize;
  /** f64, K x D x D. */
  covars: usize;
  /** Cholesky factors, f64, K x D x D. */
  factors: usize;
  /** ln of each density at its mean, f64, K. */
  logNorms: usize;
  /** ln of the initial distribution, f64, K. */
  logStartprob: usize;
  /** ln of the transition probabilities, f64, K x K. */
  logTransmat: usize;
}

/**
 * An HMM without parameters: the caller writes them and calls {@link prepareHmm}.
 *
 * @returns its address; 0 when memory ran out
 */
export function newHmm(states: i32, dims: i32): usize {
  const k: usize = states;
  const d: usize = dims;
  const hmm = changetype<Hmm>(allocate(offsetof<Hmm>()));
  hmm.states = states;
  hmm.dims = dims;
  hmm.startprob = allocate(k << 3);
  hmm.transmat = allocate((k * k) << 3);
  hmm.means = allocate((k * d) << 3);
  hmm.covars = allocate((k * d * d) << 3);
  hmm.factors = allocate((k * d * d) << 3);
  hmm.logNorms = allocate(k << 3);
  hmm.logStartprob = allocate(k << 3);
  hmm.logTransmat = allocate((k * k) << 3);
  return hmm.logTransmat == 0 ? 0 : changetype<usize>(hmm);
}

/** Address of the initial distribution. */
export function hmmStartprob(address: usize): usize {
  return changetype<Hmm>(address).startprob;
}

/** Address of the transition probabilities. */
export function hmmTransmat(address: usize): usize {
  return changetype<Hmm>(address).transmat;
}

/** Address of the means. */
export function hmmMeans(address: usize): usize {
  return changetype<Hmm>(address).means;
}

/** Address of the covariances. */
export function hmmCovars(address: usize): usize {
  return changetype<Hmm>(address).covars;
}

/** Writes the logarithms of `count` numbers. */
function takeLogs(values: usize, count: i32, logs: usize): void {
  for (let i = 0; i < count; i++) {
    store<f64>(logs + (i << 3), NativeMath.log(load<f64>(values + (i << 3))));
  }
}

/**
 * Factorizes the covariances and takes the logarithms of the probabilities.
 *
 * @returns -1, or the first state whose covariance is not positive definite
 */
export function prepareHmm(address: usize): i32 {
  const hmm = changetype<Hmm>(address);
  const matrixBytes = (hmm.dims * hmm.dims) << 3;
  for (let k = 0; k < hmm.states; k++) {
    const at = k * matrixBytes;
    const logNorm = factorize(hmm.covars + at, hmm.dims, hmm.factors + at);
    if (logNorm != logNorm) return k;
    store<f64>(hmm.logNorms + (k << 3), logNorm);
  }
  takeLogs(hmm.startprob, hmm.states, hmm.logStartprob);
  takeLogs(hmm.transmat, hmm.states * hmm.states, hmm.logTransmat);
  return -1;
}

/** Writes ln of the density of x in each state, nats, an f64 per state. */
export function logDensities(hmm: Hmm, x: usize, densities: usize): void {
  const dims = hmm.dims;
  for (let k = 0; k < hmm.states; k++) {
    const density = logDensity(
      x,
      hmm.means + ((k * dims) << 3),
      hmm.factors + ((k * dims * dims) << 3),
      load<f64>(hmm.logNorms + (k << 3)),
      dims,
      scratch,
    );
    store<f64>(densities + (k << 3), density);
  }
}

/** Index of the largest of `count` f64, the first of equals. */
export function argmax(values: usize, count: i32): i32 {
  let best = 0;
  for (let k = 1; k < count; k++) {
    if (load<f64>(values + (k << 3)) > load<f64>(values + (best << 3))) best = k;
  }
  return best;
}
