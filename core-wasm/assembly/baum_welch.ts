/**
 * Baum-Welch for Gaussian emissions of full covariance over several sequences (Rabiner 1989,
 * sections III.C and V.B), by the scaled recursions. The host calls `expect` and `maximize` in
 * turn.
 *
 * Rows are standardized per column and kept column after column, so that densities and moments
 * take two rows at a time; the results are in the units of the input.
 */
import { raiseEigenvalues } from "./eigen";
import { exp2lanes } from "./exp2lanes";
import { MAX_DIMS } from "./forest";
import { factorize } from "./gaussian";
import { Hmm, MAX_STATES, newHmm } from "./hmm";
import { allocate } from "./memory";

/** Rows that are worked on together, so that they stay in the cache. */
const BLOCK: i32 = 512;
/** ln of the least emission relative to the row's best: keeps every scale above 1e-201. */
const LEAST_LOG_EMISSION: f64 = -460.0;
/** A backward variable that no probability can weigh; bounded, so that 0 times it is 0. */
const MOST_BACKWARD: f64 = 1e250;
/** A state with less expected rows than this many times the dimensions keeps its density. */
const LEAST_ROWS_PER_DIMENSION: f64 = 2.0;

const previous: usize = allocate(MAX_STATES << 3);
const weights: usize = allocate(MAX_STATES << 3);
const residuals: usize = allocate(MAX_DIMS << 4);
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
let emissions: usize = 0;
let forwards: usize = 0;
let scales: usize = 0;
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
  emissions = allocate(stride * k + 32);
  forwards = allocate(stride * k + 32);
  scales = allocate(stride);
  centers = allocate(MAX_DIMS << 3);
  spreads = allocate(MAX_DIMS << 3);
  starts = allocate(MAX_STATES << 3);
  transitions = allocate((MAX_STATES * MAX_STATES) << 3);
  moments = allocate(k * momentBytes());
  hmm = newHmm(states, dims);
  return lengths != 0 && columns != 0 && emissions != 0 && forwards != 0 && scales != 0 && hmm != 0;
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
 * Emissions of rows [first, first + rows): exp(ln N(x_t | k) - max_k ln N(x_t | k)).
 *
 * @returns the sum of the maxima
 */
function emit(model: Hmm, first: i32, rows: i32): f64 {
  const half = f64x2.splat(-0.5);
  const least = f64x2.splat(LEAST_LOG_EMISSION);
  let total = 0.0;
  for (let t = 0; t < rows; t += 2) {
    const at = ((first + t) as usize) << 3;
    let best = f64x2.splat(-Infinity);
    for (let k = 0; k < states; k++) {
      const mean = model.means + ((k * dims) << 3);
      let line = model.factors + ((k * dims * dims) << 3);
      let distance = f64x2.splat(0.0);
      for (let i = 0; i < dims; i++) {
        let y = f64x2.sub(
          v128.load(columns + stride * (i as usize) + at),
          v128.load64_splat(mean + (i << 3)),
        );
        for (let j = 0; j < i; j++) {
          y = f64x2.sub(
            y,
            f64x2.mul(v128.load64_splat(line + (j << 3)), v128.load(residuals + (j << 4))),
          );
        }
        y = f64x2.mul(y, v128.load64_splat(line + (i << 3)));
        v128.store(residuals + (i << 4), y);
        distance = f64x2.add(distance, f64x2.mul(y, y));
        line += dims << 3;
      }
      const log = f64x2.add(
        v128.load64_splat(model.logNorms + (k << 3)),
        f64x2.mul(half, distance),
      );
      v128.store(emissions + stride * (k as usize) + at, log);
      best = f64x2.max(best, log);
    }
    for (let k = 0; k < states; k++) {
      const place = emissions + stride * (k as usize) + at;
      v128.store(place, exp2lanes(f64x2.max(f64x2.sub(v128.load(place), best), least)));
    }
    total += f64x2.extract_lane(best, 0);
    if (t + 1 < rows) total += f64x2.extract_lane(best, 1);
  }
  return total;
}

/**
 * Scaled forward recursion over rows [first, first + rows). `previous` holds the prediction's
 * source, the filtered posterior of the row before.
 *
 * @returns the sum of ln of the scales
 */
function forward(model: Hmm, first: i32, rows: i32, isStart: bool): f64 {
  let total = 0.0;
  let product = 1.0;
  for (let t = first; t < first + rows; t++) {
    const at = (t as usize) << 3;
    const isFirst = isStart && t == first;
    let scale = 0.0;
    for (let k = 0; k < states; k++) {
      let prediction = 0.0;
      if (isFirst) prediction = load<f64>(model.startprob + (k << 3));
      else {
        for (let j = 0; j < states; j++) {
          prediction += load<f64>(previous + (j << 3)) *
            load<f64>(model.transmat + ((j * states + k) << 3));
        }
      }
      const plane = stride * (k as usize) + at;
      const joint = prediction * load<f64>(emissions + plane);
      store<f64>(forwards + plane, joint);
      scale += joint;
    }
    const inverse = 1.0 / scale;
    store<f64>(scales + at, inverse);
    for (let k = 0; k < states; k++) {
      const plane = stride * (k as usize) + at;
      const p = load<f64>(forwards + plane) * inverse;
      store<f64>(forwards + plane, p);
      store<f64>(previous + (k << 3), p);
    }
    product *= scale;
    if (product < 1e-100) {
      total += NativeMath.log(product);
      product = 1.0;
    }
  }
  return total + NativeMath.log(product);
}

/**
 * Scaled backward recursion over rows [first, first + rows), last to first, into `gammas`, adding
 * up the expected transitions. `weights` holds emission x backward variable x scale of the row
 * behind.
 */
function backward(model: Hmm, first: i32, rows: i32, isEnd: bool): void {
  for (let t = rows - 1; t >= 0; t--) {
    const at = ((first + t) as usize) << 3;
    const isLast = isEnd && t == rows - 1;
    const inverse = load<f64>(scales + at);
    for (let i = 0; i < states; i++) {
      const alpha = load<f64>(forwards + stride * (i as usize) + at);
      let beta = 1.0;
      if (!isLast) {
        beta = 0.0;
        for (let j = 0; j < states; j++) {
          const cell = (i * states + j) << 3;
          const weight = load<f64>(weights + (j << 3));
          beta += load<f64>(model.transmat + cell) * weight;
          store<f64>(transitions + cell, load<f64>(transitions + cell) + alpha * weight);
        }
        beta = min(beta, MOST_BACKWARD);
      }
      store<f64>(gammas + ((i * BLOCK + t) << 3), alpha * beta);
      store<f64>(previous + (i << 3), beta);
    }
    for (let i = 0; i < states; i++) {
      const emission = load<f64>(emissions + stride * (i as usize) + at);
      store<f64>(weights + (i << 3), load<f64>(previous + (i << 3)) * emission * inverse);
    }
  }
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
  memory.fill(transitions, 0, (MAX_STATES * MAX_STATES) << 3);
  memory.fill(moments, 0, momentBytes() * (states as usize));
  let logLikelihood = -logJacobian;
  let first = 0;
  for (let s = 0; s < sequences; s++) {
    const length = load<i32>(lengths + (s << 2));
    for (let done = 0; done < length; done += BLOCK) {
      const rows = min(BLOCK, length - done);
      logLikelihood += emit(model, first + done, rows);
      logLikelihood += forward(model, first + done, rows, done == 0);
    }
    const blocks = (length + BLOCK - 1) / BLOCK;
    for (let block = blocks - 1; block >= 0; block--) {
      const done = block * BLOCK;
      const rows = min(BLOCK, length - done);
      backward(model, first + done, rows, block == blocks - 1);
      accumulate(first + done, rows);
    }
    for (let k = 0; k < states; k++) {
      addTo(starts + (k << 3), load<f64>(gammas + ((k * BLOCK) << 3)));
    }
    first += length;
  }
  for (let cell = 0; cell < states * states; cell++) {
    const at = cell << 3;
    store<f64>(transitions + at, load<f64>(transitions + at) * load<f64>(model.transmat + at));
  }
  return logLikelihood;
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
