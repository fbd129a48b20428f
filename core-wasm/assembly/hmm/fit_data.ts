/**
 * The data and the model of an HMM fit. Rows are standardized per column and kept column after
 * column, so that densities and moments take two rows at a time. The model is in standardized
 * units; log-likelihoods are in the units of the input.
 */
import { MAX_DIMS } from "../forest/forest";
import { newHmm } from "./hmm";
import { allocate } from "../memory";

/** Number of rows of all sequences. */
export let count: i32 = 0;
export let states: i32 = 0;
export let dims: i32 = 0;
export let sequences: i32 = 0;
/** Address of the sequences' lengths, i32. */
export let lengths: usize = 0;
/** Bytes of a column. */
export let stride: usize = 0;
/** Address of the columns, f64. */
export let columns: usize = 0;
/** Address of the fitted model. */
export let hmm: usize = 0;
/** Sum of ln of the spreads over all rows, nats: what standardizing adds to the log-likelihood. */
export let logJacobian: f64 = 0.0;

let centers: usize = 0;
let spreads: usize = 0;

/**
 * Allocates the data and the model.
 *
 * @param rowCount number of rows of all sequences
 * @returns false when memory ran out
 */
export function allocateFitData(
  rowCount: i32,
  width: i32,
  stateCount: i32,
  sequenceCount: i32,
): bool {
  count = rowCount;
  dims = width;
  states = stateCount;
  sequences = sequenceCount;
  // SIMD loads read up to three rows past the end.
  stride = ((rowCount + 3) & ~3) << 3;
  lengths = allocate((sequences as usize) << 2);
  columns = allocate(stride * (dims as usize) + 32);
  centers = allocate(MAX_DIMS << 3);
  spreads = allocate(MAX_DIMS << 3);
  hmm = newHmm(states, dims);
  return lengths != 0 && columns != 0 && hmm != 0;
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

/** The fitted model, in standardized units. */
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
