/**
 * Baum-Welch for Gaussian emissions of full covariance over several sequences (Rabiner 1989,
 * sections III.C and V.B), by the scaled recursions. The host calls `expectationStep` and
 * `maximizationStep` in turn.
 */
import { floorEigenvalues } from "./eigen";
import { emit, initEmissions } from "./emissions";
import {
  allocateFitData,
  columns,
  count,
  dims,
  hmm,
  lengths,
  logJacobian,
  sequences,
  states,
  stride,
} from "./fit_data";
import { factorize } from "./gaussian";
import { Hmm, MAX_STATES } from "./hmm";
import { allocate } from "../memory";
import {
  accumulate,
  addTo,
  allocateMoments,
  BLOCK,
  clearMoments,
  gammas,
  momentsOf,
} from "./moments";
import {
  backward,
  expectedTransitions,
  forward,
  forwardSum,
  initRecursions,
  LN_RESCALE,
  pairsOf,
} from "./recursions";

/** A state with fewer expected rows than this many times the dimensions keeps its density. */
const MIN_ROWS_PER_DIMENSION: f64 = 2.0;

/** Bytes of a row of emissions or of forward variables: pairs of states. */
let rowBytes: usize = 0;
let emissions: usize = 0;
let forwards: usize = 0;

/** Expected number of starts in each state. */
let starts: usize = 0;
/** Expected number of transitions, K x K. */
let transitions: usize = 0;

/**
 * Allocates a fit. The host then writes the rows and their lengths.
 *
 * @param rowCount number of rows of all sequences
 * @returns false when memory ran out
 */
export function initHmmFit(
  rowCount: i32,
  width: i32,
  stateCount: i32,
  sequenceCount: i32,
): bool {
  const hasData = allocateFitData(rowCount, width, stateCount, sequenceCount);
  rowBytes = pairsOf(states) << 4;
  emissions = allocate(rowBytes * ((count + 1) as usize));
  forwards = allocate(rowBytes * (count as usize));
  starts = allocate(MAX_STATES << 3);
  transitions = allocate((MAX_STATES * MAX_STATES) << 3);
  return hasData && emissions != 0 && forwards != 0 && allocateMoments();
}

/**
 * Computes emissions and forward variables of rows [first, first + rows).
 *
 * @returns the rows' part of ln p of the sequence, without ln of its last forward sum
 */
function forwardBlock(model: Hmm, first: i32, rows: i32, isStart: bool): f64 {
  const at = first as usize;
  const emission = emissions + at * rowBytes;
  const alphas = forwards + at * rowBytes;
  const best = emit(model, columns + (at << 3), stride, rows, emission, rowBytes);
  let rescales = 0;
  if (rowBytes == 16) rescales = forward<u8>(emission, alphas, rows, isStart);
  else if (rowBytes == 32) rescales = forward<u16>(emission, alphas, rows, isStart);
  else rescales = forward<u32>(emission, alphas, rows, isStart);
  return best - (rescales as f64) * LN_RESCALE;
}

/** Computes the posteriors of rows [first, first + rows) into `gammas`. */
function backwardBlock(first: i32, rows: i32, isEnd: bool, share: f64): void {
  const at = first as usize;
  const emission = emissions + at * rowBytes;
  const alphas = forwards + at * rowBytes;
  const run: usize = BLOCK << 3;
  if (rowBytes == 16) backward<u8>(emission, alphas, rows, isEnd, share, gammas, run);
  else if (rowBytes == 32) backward<u16>(emission, alphas, rows, isEnd, share, gammas, run);
  else backward<u32>(emission, alphas, rows, isEnd, share, gammas, run);
}

/** Factorizes the covariances; false when one is not positive definite. */
function factorizeAll(model: Hmm): bool {
  const bytes = (dims * dims) << 3;
  for (let k = 0; k < states; k++) {
    const logNorm = factorize(model.covars + k * bytes, dims, model.factors + k * bytes);
    if (logNorm != logNorm) return false;
    store<f64>(model.logNorms + (k << 3), logNorm);
  }
  return true;
}

/**
 * The E-step: expected counts and moments under the current parameters.
 *
 * @returns ln p of all rows under the current parameters, nats, in the units of the input; NaN
 *   when a covariance is not positive definite
 */
export function expectationStep(): f64 {
  const model = changetype<Hmm>(hmm);
  if (!factorizeAll(model)) return NaN;
  memory.fill(starts, 0, MAX_STATES << 3);
  initEmissions(model);
  initRecursions(model.startprob, model.transmat, states);
  clearMoments();
  let logLikelihood = -logJacobian;
  let first = 0;
  for (let s = 0; s < sequences; s++) {
    const length = load<i32>(lengths + (s << 2));
    if (length == 0) continue;
    for (let done = 0; done < length; done += BLOCK) {
      const rows = min(BLOCK, length - done);
      logLikelihood += forwardBlock(model, first + done, rows, done == 0);
    }
    const sum = forwardSum();
    logLikelihood += NativeMath.log(sum);
    const blocks = (length + BLOCK - 1) / BLOCK;
    for (let block = blocks - 1; block >= 0; block--) {
      const done = block * BLOCK;
      const rows = min(BLOCK, length - done);
      backwardBlock(first + done, rows, block == blocks - 1, 1.0 / sum);
      accumulate(first + done, rows);
    }
    for (let k = 0; k < states; k++) {
      addTo(starts + (k << 3), load<f64>(gammas + ((k * BLOCK) << 3)));
    }
    first += length;
  }
  for (let i = 0; i < states; i++) {
    for (let j = 0; j < states; j++) {
      store<f64>(transitions + ((i * states + j) << 3), expectedTransitions(i, j));
    }
  }
  return logLikelihood;
}

/**
 * Raises the eigenvalues of the initial covariances to the floor. Otherwise the first iteration
 * could lower the likelihood.
 *
 * @param floor smallest eigenvalue of a covariance, in standardized units
 */
export function floorCovariances(floor: f64): void {
  const model = changetype<Hmm>(hmm);
  for (let k = 0; k < states; k++) {
    floorEigenvalues(model.covars + ((k * dims * dims) << 3), dims, floor);
  }
}

/** Divides counts by their sum; the probabilities stay unchanged when the sum is 0. */
function normalize(counts: usize, probabilities: usize): void {
  let sum = 0.0;
  for (let k = 0; k < states; k++) sum += load<f64>(counts + (k << 3));
  if (!(sum > 0.0)) return;
  for (let k = 0; k < states; k++) {
    store<f64>(probabilities + (k << 3), load<f64>(counts + (k << 3)) / sum);
  }
}

/**
 * The M-step: the parameters of highest likelihood for the expected counts.
 *
 * @param floor smallest eigenvalue of a covariance, in standardized units
 */
export function maximizationStep(floor: f64): void {
  const model = changetype<Hmm>(hmm);
  normalize(starts, model.startprob);
  for (let k = 0; k < states; k++) {
    normalize(transitions + ((k * states) << 3), model.transmat + ((k * states) << 3));
    const moment = momentsOf(k);
    const weight = load<f64>(moment);
    if (weight < MIN_ROWS_PER_DIMENSION * (dims as f64)) continue;
    const mean = model.means + ((k * dims) << 3);
    const covar = model.covars + ((k * dims * dims) << 3);
    const products = moment + ((1 + dims) << 3);
    for (let i = 0; i < dims; i++) {
      store<f64>(mean + (i << 3), load<f64>(moment + ((1 + i) << 3)) / weight);
    }
    for (let i = 0; i < dims; i++) {
      for (let j = 0; j <= i; j++) {
        const value = load<f64>(products + ((i * dims + j) << 3)) / weight -
          load<f64>(mean + (i << 3)) * load<f64>(mean + (j << 3));
        store<f64>(covar + ((i * dims + j) << 3), value);
        store<f64>(covar + ((j * dims + i) << 3), value);
      }
    }
    floorEigenvalues(covar, dims, floor);
  }
}
