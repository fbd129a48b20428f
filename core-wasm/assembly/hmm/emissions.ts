/** Densities of all states for many rows, relative to each row's largest. */
import { expPair } from "./exp_pair";
import { MAX_DIMS } from "../forest/forest";
import { Hmm, MAX_STATES } from "./hmm";
import { allocate } from "../memory";

/** ln of the smallest emission relative to the row's largest, above 2^-664. */
const MIN_LOG_EMISSION: f64 = -460.0;
const HALF_ROOT: f64 = 0.7071067811865476;

/** Bytes of a line of a whitening: minus the mean's image, then the factors of x(0)..x(i). */
const LINE: usize = (1 + MAX_DIMS) << 3;
/** Linear map per state: the squared length of the image is half the Mahalanobis distance. */
const whitenings: usize = allocate((MAX_STATES * MAX_DIMS) * LINE);
/** ln of the densities of two rows, a pair per state. */
const logs: usize = allocate(MAX_STATES << 4);

/** Inverts the Cholesky factor of state k. */
function whiten(hmm: Hmm, k: i32): void {
  const dims = hmm.dims;
  const factor = hmm.factors + ((k * dims * dims) << 3);
  const mean = hmm.means + ((k * dims) << 3);
  const lines = whitenings + ((k * MAX_DIMS) as usize) * LINE;
  for (let i = 0; i < dims; i++) {
    const line = lines + (i as usize) * LINE;
    const reciprocal = load<f64>(factor + ((i * dims + i) << 3));
    let image = 0.0;
    for (let j = 0; j <= i; j++) {
      let sum = i == j ? HALF_ROOT : 0.0;
      for (let m = j; m < i; m++) {
        sum -= load<f64>(factor + ((i * dims + m) << 3)) *
          load<f64>(lines + (m as usize) * LINE + ((1 + j) << 3));
      }
      sum *= reciprocal;
      store<f64>(line + ((1 + j) << 3), sum);
      image += sum * load<f64>(mean + (j << 3));
    }
    store<f64>(line, -image);
  }
}

/** Prepares the emissions for the parameters of one iteration. */
export function initEmissions(hmm: Hmm): void {
  for (let k = 0; k < hmm.states; k++) whiten(hmm, k);
}

/** ln of the densities of two rows in state k. */
function logPair(hmm: Hmm, k: i32, columns: usize, stride: usize): v128 {
  let line = whitenings + ((k * MAX_DIMS) as usize) * LINE;
  let log = v128.load64_splat(hmm.logNorms + (k << 3));
  for (let i = 0; i < hmm.dims; i++) {
    let y = v128.load64_splat(line);
    let column = columns;
    for (let j = 0; j <= i; j++) {
      y = f64x2.add(y, f64x2.mul(v128.load64_splat(line + (j << 3), 8), v128.load(column)));
      column += stride;
    }
    log = f64x2.sub(log, f64x2.mul(y, y));
    line += LINE;
  }
  return log;
}

/**
 * Emissions exp(ln N(x_t | k) - max_k ln N(x_t | k)).
 *
 * @param columns address of the first row's first dimension
 * @param stride bytes from one dimension to the next
 * @param rows number of rows; one more may be read and written
 * @param emissions output, row after row of pairs of states
 * @param bytes bytes of a row of emissions
 * @returns the sum of the maxima
 */
export function emit(
  hmm: Hmm,
  columns: usize,
  stride: usize,
  rows: i32,
  emissions: usize,
  bytes: usize,
): f64 {
  const states = hmm.states;
  const least = f64x2.splat(MIN_LOG_EMISSION);
  let total = 0.0;
  for (let t = 0; t < rows; t += 2) {
    let best = f64x2.splat(-Infinity);
    for (let k = 0; k < states; k++) {
      const log = logPair(hmm, k, columns, stride);
      v128.store(logs + (k << 4), log);
      best = f64x2.pmax(best, log);
    }
    for (let k = 0; k < states; k += 2) {
      const place = emissions + (k << 3);
      const log = f64x2.pmax(f64x2.sub(v128.load(logs + (k << 4)), best), least);
      const a = expPair(log);
      let b = f64x2.splat(0.0);
      if (k + 1 < states) {
        b = expPair(f64x2.pmax(f64x2.sub(v128.load(logs + (k << 4), 16), best), least));
      }
      v128.store(place, v128.shuffle<f64>(a, b, 0, 2));
      v128.store(place + bytes, v128.shuffle<f64>(a, b, 1, 3));
    }
    total += f64x2.extract_lane(best, 0);
    if (t + 1 < rows) total += f64x2.extract_lane(best, 1);
    columns += 16;
    emissions += bytes << 1;
  }
  return total;
}
