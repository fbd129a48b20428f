/** Weighted moments of the rows, which the M-step turns into means and covariances. */
import { columns, dims, states, stride } from "./fit_data";
import { MAX_STATES } from "./hmm";
import { allocate } from "../memory";

/** Rows of a block: they are processed together, so that they stay in the cache. */
export const BLOCK: i32 = 256;

/** Posteriors of a block, a run of `BLOCK` f64 per state. */
export const gammas: usize = allocate(MAX_STATES * (BLOCK << 3));
const weighted: usize = allocate(BLOCK << 3);

/** Moments of all states, one after the other: weight, D sums, lower triangle of D x D products. */
let moments: usize = 0;

function momentBytes(): usize {
  return (1 + dims + dims * dims) << 3;
}

/** Allocates the moments of the fit's states; false when memory ran out. */
export function allocateMoments(): bool {
  moments = allocate((states as usize) * momentBytes());
  return moments != 0;
}

/** Sets all moments to zero. */
export function clearMoments(): void {
  memory.fill(moments, 0, momentBytes() * (states as usize));
}

/** Address of a state's moments. */
export function momentsOf(k: i32): usize {
  return moments + momentBytes() * (k as usize);
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

/** Writes the products of two runs to `weighted`; returns their sum. */
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

/** Adds a value to the f64 at an address. */
export function addTo(address: usize, value: f64): void {
  store<f64>(address, load<f64>(address) + value);
}

/** Adds the moments of rows [first, first + rows), weighted with `gammas`. */
export function accumulate(first: i32, rows: i32): void {
  const padded = (rows + 3) & ~3;
  for (let k = 0; k < states; k++) {
    const gamma = gammas + ((k * BLOCK) << 3);
    for (let t = rows; t < padded; t++) store<f64>(gamma + (t << 3), 0.0);
    const moment = momentsOf(k);
    addTo(moment, total(gamma, padded));
    const sums = moment + 8;
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
