import {
  allocate,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
  int32View,
} from "./instance.ts";
import {
  type ClassicFeatures,
  type CoreForest,
  type CoreHmm,
  FEATURE_INPUTS,
  FEATURE_NAMES,
} from "./model.ts";
import { placeForest, placeHmm } from "./place.ts";

/** Features of many bars, row after row. */
export interface FeatureRows {
  readonly raw: Float64Array;
  readonly normalized: Float64Array;
  /** Features in a row. */
  readonly dims: number;
}

/** Output of the forward filter for many rows. */
export interface FilteredRows {
  /** P(s_t | x_1..x_t), row after row of K. */
  readonly posteriors: Float64Array;
  /** ln p(x_t | x_1..x_t-1) of each row, nats. */
  readonly logLikelihoods: Float64Array;
}

/** Most probable paths. */
export interface ViterbiPaths {
  /** State of each row. */
  readonly states: Uint8Array;
  /** ln p(rows, path) of each sequence, nats. */
  readonly logProbabilities: Float64Array;
}

/** Copies f64 to a new block of the core's memory. */
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
 * @param bars The {@link FEATURE_INPUTS} of each bar, bar after bar.
 * @param lengths Bars of each sequence of contiguous minutes; each starts from an empty state.
 */
export function computeFeatures(
  wasm: CoreSource,
  features: ClassicFeatures,
  bars: Float64Array,
  lengths: readonly number[],
): FeatureRows {
  const core = instantiateCore(wasm);
  const dims = FEATURE_NAMES[features.preset].length;
  const values = bars.length / FEATURE_INPUTS.length * dims;
  const window = features.windows.rolling;
  const state = allocate(core, core.classicStateBytes(window), "the windows");
  const sequences = placeLengths(core, lengths);
  const raw = allocate(core, values * 8, "the features");
  const normalized = allocate(core, values * 8, "the features");
  const source = placeFloats(core, bars, "the bars");
  core.featureRows(window, state, source, sequences, lengths.length, raw, normalized);
  return {
    raw: float64View(core, raw, values).slice(),
    normalized: float64View(core, normalized, values).slice(),
    dims,
  };
}

/** One number per row from a forest. */
function walkForest(
  wasm: CoreSource,
  forest: CoreForest,
  rows: Float64Array,
  dims: number,
  walk: "scoreRows" | "sumPathLengths",
): Float64Array {
  const core = instantiateCore(wasm);
  const address = placeForest(core, forest);
  const count = rows.length / dims;
  const results = allocate(core, count * 8, "the scores");
  core[walk](address, placeFloats(core, rows, "the rows"), count, dims, results);
  return float64View(core, results, count).slice();
}

/**
 * Anomaly scores of many rows, bit for bit those of the live scorer.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 * @throws RangeError when the forest is too large.
 */
export function scoreRows(
  wasm: CoreSource,
  forest: CoreForest,
  rows: Float64Array,
  dims: number,
): Float64Array {
  return walkForest(wasm, forest, rows, dims, "scoreRows");
}

/**
 * Path lengths of many rows, summed over the trees; the scores are computed from them.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 * @throws RangeError when the forest is too large.
 */
export function sumPathLengths(
  wasm: CoreSource,
  forest: CoreForest,
  rows: Float64Array,
  dims: number,
): Float64Array {
  return walkForest(wasm, forest, rows, dims, "sumPathLengths");
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

/**
 * Smoothed posteriors P(s_t | all rows of the sequence). For analysis only, as they use later rows.
 *
 * @param rows Normalized features, row after row.
 * @param lengths Rows of each sequence; each starts from the initial distribution.
 * @returns Row after row of K.
 * @throws RangeError when a covariance is not positive definite.
 */
export function smoothRows(
  wasm: CoreSource,
  hmm: CoreHmm,
  rows: Float64Array,
  lengths: readonly number[],
): Float64Array {
  const core = instantiateCore(wasm);
  const address = placeHmm(core, hmm);
  const values = lengths.reduce((sum, length) => sum + length, 0) * hmm.startprob.length;
  const sequences = placeLengths(core, lengths);
  const posteriors = allocate(core, values * 8, "the posteriors");
  const source = placeFloats(core, rows, "the rows");
  core.smoothRows(address, source, sequences, lengths.length, posteriors);
  return float64View(core, posteriors, values).slice();
}

/**
 * Most probable paths of states (Viterbi), for analysis only. Ties go to the lowest state, as in
 * hmmlearn.
 *
 * @param rows Normalized features, row after row.
 * @param lengths Rows of each sequence; each starts from the initial distribution.
 * @throws RangeError when a covariance is not positive definite.
 */
export function viterbiRows(
  wasm: CoreSource,
  hmm: CoreHmm,
  rows: Float64Array,
  lengths: readonly number[],
): ViterbiPaths {
  const core = instantiateCore(wasm);
  const address = placeHmm(core, hmm);
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const sequences = placeLengths(core, lengths);
  const origins = allocate(core, count * hmm.startprob.length, "the paths");
  const path = allocate(core, count, "the path");
  const logProbabilities = allocate(core, lengths.length * 8, "the probabilities");
  const source = placeFloats(core, rows, "the rows");
  core.viterbiRows(address, source, sequences, lengths.length, origins, path, logProbabilities);
  return {
    states: new Uint8Array(core.memory.buffer, path, count).slice(),
    logProbabilities: float64View(core, logProbabilities, lengths.length).slice(),
  };
}
