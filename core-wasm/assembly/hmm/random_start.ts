/** Random initial parameters for Baum-Welch. */
import { columns, fitModel, stride } from "./fit_data";
import { MAX_DIMS } from "../forest/forest";
import { Hmm } from "./hmm";
import { allocate } from "../memory";
import { below, uniform } from "../random";

/** Largest initial expected dwell time, bars. */
const MAX_DWELL: f64 = 100.0;

const center: usize = allocate(MAX_DIMS << 3);

/** Copies row t to an address. */
function copyRow(t: i32, dims: i32, to: usize): void {
  for (let d = 0; d < dims; d++) {
    store<f64>(to + (d << 3), load<f64>(columns + stride * (d as usize) + (t << 3)));
  }
}

/** Squared distance from row t to `center`. */
function distance(t: i32, dims: i32): f64 {
  let sum = 0.0;
  for (let d = 0; d < dims; d++) {
    const x = load<f64>(columns + stride * (d as usize) + (t << 3)) -
      load<f64>(center + (d << 3));
    sum += x * x;
  }
  return sum;
}

/**
 * k-means++ (Arthur & Vassilvitskii 2007): the first mean is a random row; each further mean is a
 * row drawn with probability proportional to its squared distance to the nearest mean so far.
 *
 * @param nearest scratch memory, an f64 per row
 */
function seedMeans(model: Hmm, count: i32, nearest: usize): void {
  const dims = model.dims;
  let chosen = below(count) as i32;
  for (let k = 0; k < model.states; k++) {
    copyRow(chosen, dims, center);
    memory.copy(model.means + ((k * dims) << 3), center, dims << 3);
    let sum = 0.0;
    for (let t = 0; t < count; t++) {
      const at = nearest + (t << 3);
      const d = k == 0 ? distance(t, dims) : min(load<f64>(at), distance(t, dims));
      store<f64>(at, d);
      sum += d;
    }
    let rest = uniform() * sum;
    chosen = 0;
    while (chosen < count - 1) {
      rest -= load<f64>(nearest + (chosen << 3));
      if (rest < 0.0) break;
      chosen++;
    }
  }
}

/**
 * Sets random initial parameters: k-means++ means, the covariance of all rows (the unit matrix, as
 * rows are standardized) for each state, and one log-uniform expected dwell time for all states.
 *
 * @param count number of rows
 * @param nearest scratch memory, an f64 per row
 */
export function startRandomly(count: i32, nearest: usize): void {
  const model = changetype<Hmm>(fitModel());
  const states = model.states;
  const dims = model.dims;
  seedMeans(model, count, nearest);
  const shortest = states > 1 ? (states as f64) / ((states - 1) as f64) : 1.0;
  const dwell = shortest * NativeMath.pow(MAX_DWELL / shortest, uniform());
  const stay = states > 1 ? 1.0 - 1.0 / dwell : 1.0;
  const leave = states > 1 ? (1.0 - stay) / ((states - 1) as f64) : 0.0;
  for (let i = 0; i < states; i++) {
    store<f64>(model.startprob + (i << 3), 1.0 / (states as f64));
    for (let j = 0; j < states; j++) {
      store<f64>(model.transmat + ((i * states + j) << 3), i == j ? stay : leave);
    }
    for (let a = 0; a < dims; a++) {
      for (let b = 0; b < dims; b++) {
        store<f64>(model.covars + ((i * dims * dims + a * dims + b) << 3), a == b ? 1.0 : 0.0);
      }
    }
  }
}
