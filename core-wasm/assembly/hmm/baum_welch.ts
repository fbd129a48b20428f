/**
 * Baum-Welch for Gaussian emissions of full covariance over several sequences (Rabiner 1989,
 * sections III.C and V.B), by the scaled recursions. The host calls `expect` and `maximize` in
 * turn.
 *
 * Rows are standardized per column and kept column after column, so that densities and moments
 * take two rows at a time; the results are in the units of the input.
 */
import { raiseEigenvalues } from "./eigen";
import { emit, openEmissions } from "./emissions";
import { MAX_DIMS } from "../forest/forest";
import { factorize } from "./gaussian";
import { Hmm, MAX_STATES, newHmm } from "./hmm";
import { allocate } from "../memory";
import {
  backward,
  expectedTransitions,
  forward,
  forwardSum,
  LN_RESCALE,
  openRecursions,
  pairsOf,
} from "./recursions";

/** Rows that are worked on together, so that they stay in the cache. */
const BLOCK: i32 = 256;
/** A state with less expected rows than this many times the dimensions keeps its density. */
const LEAST_ROWS_PER_DIMENSION: f64 = 2.0;

/** Posteriors of a block, a run of f64 a state. */
const gammas: usize = allocate(MAX_STATES * (BLOCK << 3));
const weighted: usize = allocate(BLOCK << 3);

let count: i32 = 0;
let states: i32 = 0;
let dims: i32 = 0;
let sequences: i32 = 0;
let lengths: usize = 0;
/** Bytes of a column. */
let stride: usize = 0;
let columns: usize = 0;
/** Bytes of a row of emissions or of forward variables: pairs of states. */
let rowBytes: usize = 0;
let emissions: usize = 0;
let forwards: usize = 0;
let centers: usize = 0;
let spreads: usize = 0;
/** The parameters in standardized units. */
let hmm: usize = 0;
/** Sum of ln of the spreads over all rows: the price of standardizing, nats. */
let logJacobian: f64 = 0.0;

/** Expected counts. */
let starts: usize = 0;
let transitions: usize = 0;
/** A state's weight, sums and lower triangle of products, one after the other. */
let moments: usize = 0;

/** Moments of a state: weight, D sums, D x D products. */
function momentBytes(): usize {
  return (1 + dims + dims * dims) << 3;
}

/**
 * Prepares the fitting.
 *
 * @param rowCount number of rows of all sequences
 * @returns false when memory ran out
 */
export function openHmmFit(
  rowCount: i32,
  width: i32,
  stateCount: i32,
  sequenceCount: i32,
): bool {
  count = rowCount;
  dims = width;
  states = stateCount;
  sequences = sequenceCount;
  // SIMD reads up to three rows behind the last.
  stride = ((rowCount + 3) & ~3) << 3;
  const k: usize = states;
  lengths = allocate((sequences as usize) << 2);
  columns = allocate(stride * (dims as usize) + 32);
  rowBytes = pairsOf(states) << 4;
  emissions = allocate(rowBytes * ((rowCount + 1) as usize));
  forwards = allocate(rowBytes * (rowCount as usize));
  centers = allocate(MAX_DIMS << 3);
  spreads = allocate(MAX_DIMS << 3);
  starts = allocate(MAX_STATES << 3);
  transitions = allocate((MAX_STATES * MAX_STATES) << 3);
  moments = allocate(k * momentBytes());
  hmm = newHmm(states, dims);
  return lengths != 0 && columns != 0 && emissions != 0 && forwards != 0 && hmm != 0;
}

/** Address of the sequences' lengths, i32. */
export function fitLengths(): usize {
  return lengths;
}

/** Address of the columns, f64, one after the other, {@link fitStride} bytes apart. */
export function fitColumns(): usize {
  return columns;
}

/** Bytes from one column to the next. */
export function fitStride(): usize {
  return stride;
}

/** Address of the columns' means, f64. */
export function fitCenters(): usize {
  return centers;
}

/** Address of the columns' population deviations, 1 for a constant column, f64. */
export function fitSpreads(): usize {
  return spreads;
}

/** The model that is fitted, in standardized units. */
export function fitModel(): usize {
  return hmm;
}

/** Standardizes the columns in place. */
export function standardize(): void {
  logJacobian = 0.0;
  for (let d = 0; d < dims; d++) {
    const column = columns + stride * (d as usize);
    let sum = 0.0;
    for (let t = 0; t < count; t++) sum += load<f64>(column + (t << 3));
    const mean = sum / (count as f64);
    let squares = 0.0;
    for (let t = 0; t < count; t++) {
      const x = load<f64>(column + (t << 3)) - mean;
      squares += x * x;
    }
    const deviation = sqrt(squares / (count as f64));
    const spread = deviation > 0.0 ? deviation : 1.0;
    for (let t = 0; t < count; t++) {
      const at = column + (t << 3);
      store<f64>(at, (load<f64>(at) - mean) / spread);
    }
    store<f64>(centers + (d << 3), mean);
    store<f64>(spreads + (d << 3), spread);
    logJacobian += NativeMath.log(spread) * (count as f64);
  }
}

/**
 * Emissions and forward variables of rows [first, first + rows).
 *
 * @returns their share of ln p of the sequence, all but ln of its last forward sum
 */
function ascend(model: Hmm, first: i32, rows: i32, isStart: bool): f64 {
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

/** Posteriors of rows [first, first + rows), with the backward variables of the row behind. */
function descend(first: i32, rows: i32, isEnd: bool, share: f64): void {
  const at = first as usize;
  const emission = emissions + at * rowBytes;
  const alphas = forwards + at * rowBytes;
  const run: usize = BLOCK << 3;
  if (rowBytes == 16) backward<u8>(emission, alphas, rows, isEnd, share, gammas, run);
  else if (rowBytes == 32) backward<u16>(emission, alphas, rows, isEnd, share, gammas, run);
  else backward<u32>(emission, alphas, rows, isEnd, share, gammas, run);
}

/** Sum of products of two runs of f64, `size` a multiple of 4. */
function dot(a: usize, b: usize, size: i32): f64 {
  let even = f64x2.splat(0.0);
  let odd = f64x2.splat(0.0);
  for (let i = 0; i < size; i += 4) {
    const at: usize = i << 3;
    even = f64x2.add(even, f64x2.mul(v128.load(a + at), v128.load(b + at)));
    odd = f64x2.add(odd, f64x2.mul(v128.load(a + at, 16), v128.load(b + at, 16)));
  }
  const sum = f64x2.add(even, odd);
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Writes the products of two runs to `weighted`; returns the sums of the first run and of them. */
function weigh(gamma: usize, x: usize, size: i32): f64 {
  let sum = f64x2.splat(0.0);
  for (let i = 0; i < size; i += 2) {
    const at: usize = i << 3;
    const product = f64x2.mul(v128.load(gamma + at), v128.load(x + at));
    v128.store(weighted + at, product);
    sum = f64x2.add(sum, product);
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** Sum of a run of f64. */
function total(values: usize, size: i32): f64 {
  let sum = f64x2.splat(0.0);
  for (let i = 0; i < size; i += 2) {
    sum = f64x2.add(sum, v128.load(values + ((i as usize) << 3)));
  }
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/** Adds the moments of rows [first, first + rows), weighted with `gammas`. */
function accumulate(first: i32, rows: i32): void {
  const padded = (rows + 3) & ~3;
  for (let k = 0; k < states; k++) {
    const gamma = gammas + ((k * BLOCK) << 3);
    for (let t = rows; t < padded; t++) store<f64>(gamma + (t << 3), 0.0);
    let place = moments + momentBytes() * (k as usize);
    addTo(place, total(gamma, padded));
    const sums = place + 8;
    const products = sums + (dims << 3);
    for (let i = 0; i < dims; i++) {
      const x = columns + stride * (i as usize) + ((first as usize) << 3);
      addTo(sums + (i << 3), weigh(gamma, x, padded));
      for (let j = 0; j <= i; j++) {
        const other = columns + stride * (j as usize) + ((first as usize) << 3);
        addTo(products + ((i * dims + j) << 3), dot(weighted, other, padded));
      }
    }
  }
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
 * The E-step: expected counts and moments under the present parameters.
 *
 * @returns ln p of all rows under the present parameters, nats, in the units of the input; NaN
 *   when a covariance is not positive definite
 */
export function expect(): f64 {
  const model = changetype<Hmm>(hmm);
  if (!factorizeAll(model)) return NaN;
  memory.fill(starts, 0, MAX_STATES << 3);
  openEmissions(model);
  openRecursions(model.startprob, model.transmat, states);
  memory.fill(moments, 0, momentBytes() * (states as usize));
  let logLikelihood = -logJacobian;
  let first = 0;
  for (let s = 0; s < sequences; s++) {
    const length = load<i32>(lengths + (s << 2));
    if (length == 0) continue;
    for (let done = 0; done < length; done += BLOCK) {
      const rows = min(BLOCK, length - done);
      logLikelihood += ascend(model, first + done, rows, done == 0);
    }
    const sum = forwardSum();
    logLikelihood += NativeMath.log(sum);
    const blocks = (length + BLOCK - 1) / BLOCK;
    for (let block = blocks - 1; block >= 0; block--) {
      const done = block * BLOCK;
      const rows = min(BLOCK, length - done);
      descend(first + done, rows, block == blocks - 1, 1.0 / sum);
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
 * Raises the covariances to start from to the floor: only from there is no iteration downhill.
 *
 * @param floor least eigenvalue of a covariance, in standardized units
 */
export function raiseCovariances(floor: f64): void {
  const model = changetype<Hmm>(hmm);
  for (let k = 0; k < states; k++) {
    raiseEigenvalues(model.covars + ((k * dims * dims) << 3), dims, floor);
  }
}

/** Divides counts by their sum into probabilities; keeps the old ones when the sum is 0. */
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
 * @param floor least eigenvalue of a covariance, in standardized units
 */
export function maximize(floor: f64): void {
  const model = changetype<Hmm>(hmm);
  normalize(starts, model.startprob);
  for (let k = 0; k < states; k++) {
    normalize(transitions + ((k * states) << 3), model.transmat + ((k * states) << 3));
    const moment = moments + momentBytes() * (k as usize);
    const weight = load<f64>(moment);
    if (weight < LEAST_ROWS_PER_DIMENSION * (dims as f64)) continue;
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
    raiseEigenvalues(covar, dims, floor);
  }
}
