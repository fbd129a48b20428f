import {
  allocate,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
  int32View,
} from "./instance.ts";
import { type CoreFeatures, type CoreForest, type CoreHmm, FEATURE_NAMES } from "./model.ts";
import { placeForest, placeHmm } from "./place.ts";

/** Bars in a batch, `open, high, low, close, volume`, bar after bar. */
export const BAR_COLUMNS = 5;

/** Features of many bars, row after row. */
export interface FeatureRows {
  readonly raw: Float64Array;
  readonly normalized: Float64Array;
  /** Features in a row. */
  readonly dims: number;
}

/** What the forward filter says of many rows. */
export interface FilteredRows {
  /** P(s_t | x_1..x_t), row after row of K. */
  readonly posteriors: Float64Array;
  /** ln p(x_t | x_1..x_t-1) of each row, nats. */
  readonly logLikelihoods: Float64Array;
}

/** Copies f64 into a new block of the core's memory. */
export function placeFloats(core: CoreExports, values: Float64Array, what: string): number {
  const address = allocate(core, values.byteLength, what);
  float64View(core, address, values.length).set(values);
  return address;
}

function placeLengths(core: CoreExports, lengths: readonly number[]): number {
  const address = allocate(core, lengths.length * 4, "the sequences' lengths");
  int32View(core, address, lengths.length).set(lengths);
  return address;
}

/**
 * Features of whole histories, bit for bit those of the live scorer.
 *
 * @param bars {@link BAR_COLUMNS} numbers a bar.
 * @param lengths Bars of each sequence of strictly contiguous minutes; each starts afresh.
 */
export function computeFeatures(
  wasm: CoreSource,
  features: CoreFeatures,
  bars: Float64Array,
  lengths: readonly number[],
): FeatureRows {
  const core = instantiateCore(wasm);
  const dims = FEATURE_NAMES[features.preset].length;
  const values = bars.length / BAR_COLUMNS * dims;
  const window = features.windows.rolling;
  const state = allocate(core, core.classicBatchBytes(window), "the windows");
  const sequences = placeLengths(core, lengths);
  const raw = allocate(core, values * 8, "the features");
  const normalized = allocate(core, values * 8, "the features");
  const source = placeFloats(core, bars, "the bars");
  core.classicRows(window, state, source, sequences, lengths.length, raw, normalized);
  return {
    raw: float64View(core, raw, values).slice(),
    normalized: float64View(core, normalized, values).slice(),
    dims,
  };
}

/**
 * Anomaly scores of many rows, bit for bit those of the live scorer.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 */
export function scoreRows(
  wasm: CoreSource,
  forest: CoreForest,
  rows: Float64Array,
  dims: number,
): Float64Array {
  const core = instantiateCore(wasm);
  const address = placeForest(core, forest);
  const count = rows.length / dims;
  const scores = allocate(core, count * 8, "the scores");
  core.scoreRows(address, placeFloats(core, rows, "the rows"), count, dims, scores);
  return float64View(core, scores, count).slice();
}

/**
 * Forward filter over many rows, bit for bit that of the live scorer.
 *
 * @param rows Normalized features, row after row.
 * @param lengths Rows of each sequence; each starts from the initial distribution.
 * @throws RangeError when a covariance is not positive definite.
 */
export function filterRows(
  wasm: CoreSource,
  hmm: CoreHmm,
  rows: Float64Array,
  lengths: readonly number[],
): FilteredRows {
  const core = instantiateCore(wasm);
  const address = placeHmm(core, hmm);
  const states = hmm.startprob.length;
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const state = allocate(core, core.filterStateBytes(address), "the filter");
  const sequences = placeLengths(core, lengths);
  const posteriors = allocate(core, count * states * 8, "the posteriors");
  const logLikelihoods = allocate(core, count * 8, "the log-likelihoods");
  const source = placeFloats(core, rows, "the rows");
  core.filterRows(address, state, source, sequences, lengths.length, posteriors, logLikelihoods);
  return {
    posteriors: float64View(core, posteriors, count * states).slice(),
    logLikelihoods: float64View(core, logLikelihoods, count).slice(),
  };
}
