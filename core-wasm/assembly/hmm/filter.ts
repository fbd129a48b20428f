/** The forward filter of a hidden Markov model: the posterior of the state, bar by bar. */
import { argmax, Hmm, logDensities, MAX_STATES } from "./hmm";
import { allocate } from "../memory";

/** A posterior whose prediction is above zero never falls below this. */
export const POSTERIOR_FLOOR: f64 = 1e-290;
/** A prediction that changes less than this in one step has converged. */
const CONVERGED: f64 = 1e-16;

/** Filter state of one symbol; the posterior, an f64 per state, follows it. */
@unmanaged
class FilterState {
  /** Most probable state. */
  state: i32;
  /** Bars since that state became the most probable one, this one included; 0 before any bar. */
  bars: i32;
  /** 1 once the first row was filtered, else 0. */
  begun: i64;
}

/** ln of the joint density of each state and the row. */
const logJoint: usize = allocate(MAX_STATES << 3);
/** Prediction of each state. */
const predicted: usize = allocate(MAX_STATES << 3);

/** Bytes of a symbol's filter state. */
export function filterStateBytes(address: usize): usize {
  return offsetof<FilterState>() + (changetype<Hmm>(address).states << 3);
}

/** Address of the posterior in a filter state, an f64 per state. */
export function filterPosterior(state: usize): usize {
  return state + offsetof<FilterState>();
}

/** Most probable state in a filter state. */
export function filterArgmax(state: usize): i32 {
  return changetype<FilterState>(state).state;
}

/** Bars since that state became the most probable one. */
export function filterBars(state: usize): i32 {
  return changetype<FilterState>(state).bars;
}

/** One step of the chain: P(s_t+1) from P(s_t). */
function predict(hmm: Hmm, from: usize, to: usize): void {
  const states = hmm.states;
  for (let k = 0; k < states; k++) {
    let sum = 0.0;
    for (let j = 0; j < states; j++) {
      sum += load<f64>(from + (j << 3)) * load<f64>(hmm.transmat + ((j * states + k) << 3));
    }
    store<f64>(to + (k << 3), sum);
  }
}

/** Adds `bars` to the dwell time of the most probable state. */
function addDwell(filter: FilterState, state: i32, bars: i32): void {
  if (filter.bars == 0 || filter.state != state) filter.bars = bars;
  else filter.bars = filter.bars > i32.MAX_VALUE - bars ? i32.MAX_VALUE : filter.bars + bars;
  filter.state = state;
}

/**
 * Forward filter: P(s_t | x_1..x_t) from P(s_t-1 | x_1..x_t-1) and x_t (Rabiner 1989, section
 * III.A), normalized in log space, so that far outliers do not underflow.
 *
 * @param state address of the symbol's filter state, carried from bar to bar
 * @param x the row, an f64 per dimension
 * @returns ln p(x_t | x_1..x_t-1), nats
 */
export function filterStep(address: usize, state: usize, x: usize): f64 {
  const hmm = changetype<Hmm>(address);
  const filter = changetype<FilterState>(state);
  const posterior = filterPosterior(state);
  const states = hmm.states;
  let prior = hmm.startprob;
  if (filter.begun) {
    predict(hmm, posterior, predicted);
    prior = predicted;
  }
  filter.begun = 1;
  logDensities(hmm, x, logJoint);
  let highest = -Infinity;
  for (let k = 0; k < states; k++) {
    const at = k << 3;
    const joint = NativeMath.log(load<f64>(prior + at)) + load<f64>(logJoint + at);
    store<f64>(logJoint + at, joint);
    highest = max(highest, joint);
  }
  let sum = 0.0;
  for (let k = 0; k < states; k++) {
    const weight = NativeMath.exp(load<f64>(logJoint + (k << 3)) - highest);
    store<f64>(posterior + (k << 3), weight);
    sum += weight;
  }
  for (let k = 0; k < states; k++) {
    const at = k << 3;
    let p = load<f64>(posterior + at) / sum;
    if (p < POSTERIOR_FLOOR && load<f64>(prior + at) > 0.0) p = POSTERIOR_FLOOR;
    store<f64>(posterior + at, p);
  }
  addDwell(filter, argmax(posterior, states), 1);
  return highest + NativeMath.log(sum);
}

/**
 * Predicts over missing bars, without an update. Before the first filtered row it does nothing: the
 * initial distribution applies to that row.
 */
export function filterSkip(address: usize, state: usize, bars: i32): void {
  const hmm = changetype<Hmm>(address);
  const filter = changetype<FilterState>(state);
  const posterior = filterPosterior(state);
  if (!filter.begun) return;
  for (let left = bars; left > 0; left--) {
    predict(hmm, posterior, predicted);
    let change = 0.0;
    for (let k = 0; k < hmm.states; k++) {
      const p = load<f64>(predicted + (k << 3));
      change = max(change, abs(p - load<f64>(posterior + (k << 3))));
      store<f64>(posterior + (k << 3), p);
    }
    const state = argmax(posterior, hmm.states);
    if (change < CONVERGED) {
      addDwell(filter, state, left);
      return;
    }
    addDwell(filter, state, 1);
  }
}

/**
 * Filters many rows, each sequence from the initial distribution.
 *
 * @param state memory for one filter state
 * @param rows f64, row after row
 * @param lengths rows of each sequence, i32
 * @param posteriors output: filtered posteriors, f64, a row of K each
 * @param logLikelihoods output: ln p(x_t | x_1..x_t-1), an f64 per row
 */
export function filterRows(
  address: usize,
  state: usize,
  rows: usize,
  lengths: usize,
  sequences: i32,
  posteriors: usize,
  logLikelihoods: usize,
): void {
  const hmm = changetype<Hmm>(address);
  const rowBytes: usize = hmm.dims << 3;
  const posteriorBytes: usize = hmm.states << 3;
  for (let s = 0; s < sequences; s++) {
    memory.fill(state, 0, filterStateBytes(address));
    for (let left = load<i32>(lengths + (s << 2)); left > 0; left--) {
      store<f64>(logLikelihoods, filterStep(address, state, rows));
      memory.copy(posteriors, filterPosterior(state), posteriorBytes);
      rows += rowBytes;
      posteriors += posteriorBytes;
      logLikelihoods += 8;
    }
  }
}
