/** A model of a forest and an HMM: features, anomaly score, filtered posterior. */
import {
  CLASSIC_DIMS,
  classicBars,
  classicStateBytes,
  skipClassic,
  stepClassic,
} from "./features/classic";
import { Forest, MAX_DIMS } from "./forest/forest";
import { scoreRows } from "./forest/score";
import { Hmm, MAX_STATES } from "./hmm/hmm";
import {
  filterArgmax,
  filterBars,
  filterPosterior,
  filterSkip,
  filterStateBytes,
  filterStep,
} from "./hmm/filter";
import { allocate } from "./memory";

/** Its state is that of the features, then that of the filter. */
@unmanaged
class HmmModel {
  /** Bars in the windows of the features. */
  window: i32;
  forest: usize;
  hmm: usize;
  /** Offset of the filter's state, bytes. */
  filter: usize;
}

/** The output for one bar, all f64; raw features, normalized features and posterior follow. */
@unmanaged
class Result {
  score: f64;
  anomaly: f64;
  state: f64;
  bars: f64;
  logLikelihood: f64;
  /** Bars of the features' windows that the state has. */
  have: f64;
}

const RAW: usize = offsetof<Result>();
const NORMALIZED: usize = RAW + (MAX_DIMS << 3);
const POSTERIOR: usize = NORMALIZED + (MAX_DIMS << 3);

/** Bytes of the output. */
export const HMM_RESULT_BYTES: usize = POSTERIOR + (MAX_STATES << 3);

// Layout of a result for the host, in f64.
export const RESULT_SCORE: usize = offsetof<Result>("score") >> 3;
export const RESULT_ANOMALY: usize = offsetof<Result>("anomaly") >> 3;
export const RESULT_STATE: usize = offsetof<Result>("state") >> 3;
export const RESULT_BARS: usize = offsetof<Result>("bars") >> 3;
export const RESULT_LOG_LIKELIHOOD: usize = offsetof<Result>("logLikelihood") >> 3;
export const RESULT_HAVE: usize = offsetof<Result>("have") >> 3;
export const RESULT_RAW: usize = RAW >> 3;
export const RESULT_NORMALIZED: usize = NORMALIZED >> 3;
export const RESULT_POSTERIOR: usize = POSTERIOR >> 3;
export const RESULT_LENGTH: usize = HMM_RESULT_BYTES >> 3;

/**
 * A model of the classic features, a forest and an HMM.
 *
 * @param window bars in the windows of the features
 * @param forest its address
 * @param hmm its address
 * @returns its address; 0 when memory ran out
 */
export function newHmmModel(window: i32, forest: usize, hmm: usize): usize {
  const address = allocate(offsetof<HmmModel>());
  if (address == 0) return 0;
  const model = changetype<HmmModel>(address);
  model.window = window;
  model.forest = forest;
  model.hmm = hmm;
  model.filter = classicStateBytes(window);
  return address;
}

/** Bytes of a symbol's state. */
export function hmmModelStateBytes(address: usize): usize {
  const model = changetype<HmmModel>(address);
  return model.filter + filterStateBytes(model.hmm);
}

/**
 * Adds a bar to a symbol's state.
 *
 * @param bar address of a `Bar`
 * @param output address of the result
 */
export function stepHmmModel(address: usize, state: usize, bar: usize, output: usize): void {
  const model = changetype<HmmModel>(address);
  const result = changetype<Result>(output);
  const x = output + NORMALIZED;
  stepClassic(state, model.window, bar, output + RAW, x);
  scoreRows(model.forest, x, 1, CLASSIC_DIMS, output + offsetof<Result>("score"));
  const forest = changetype<Forest>(model.forest);
  result.anomaly = result.score < forest.offset ? 1.0 : 0.0;
  const filter = state + model.filter;
  result.logLikelihood = filterStep(model.hmm, filter, x);
  result.state = filterArgmax(filter) as f64;
  result.bars = filterBars(filter) as f64;
  result.have = classicBars(state) as f64;
  memory.copy(output + POSTERIOR, filterPosterior(filter), changetype<Hmm>(model.hmm).states << 3);
}

/** Skips missing bars. */
export function skipHmmModel(address: usize, state: usize, minutes: i32): void {
  const model = changetype<HmmModel>(address);
  skipClassic(state, model.window, minutes);
  filterSkip(model.hmm, state + model.filter, minutes);
}
