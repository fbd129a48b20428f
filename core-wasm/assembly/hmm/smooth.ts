/** Smoothed posteriors, which use later rows: for analysis only. Signals use the filter. */
import { Hmm, logDensities, MAX_STATES } from "./hmm";
import { POSTERIOR_FLOOR } from "./filter";
import { allocate } from "../memory";

const densities: usize = allocate(MAX_STATES << 3);
const terms: usize = allocate(MAX_STATES << 3);
/** ln of the backward variable, up to a constant. */
const backward: usize = allocate(MAX_STATES << 3);
/** ln of density x backward variable of the next row. */
const ahead: usize = allocate(MAX_STATES << 3);

/** ln of the sum of exp of `count` f64; -Infinity when all are -Infinity. */
function logSumExp(values: usize, count: i32): f64 {
  let highest = -Infinity;
  for (let k = 0; k < count; k++) highest = max(highest, load<f64>(values + (k << 3)));
  if (highest == -Infinity) return highest;
  let sum = 0.0;
  for (let k = 0; k < count; k++) sum += NativeMath.exp(load<f64>(values + (k << 3)) - highest);
  return highest + NativeMath.log(sum);
}

function subtract(values: usize, count: i32, value: f64): void {
  for (let k = 0; k < count; k++) {
    store<f64>(values + (k << 3), load<f64>(values + (k << 3)) - value);
  }
}

/** ln P(s_t | x_1..x_t) of a row from the row `before`; address 0 marks the first row. */
function filterLog(hmm: Hmm, before: usize, x: usize, to: usize): void {
  const states = hmm.states;
  logDensities(hmm, x, densities);
  for (let k = 0; k < states; k++) {
    let prior = load<f64>(hmm.logStartprob + (k << 3));
    if (before != 0) {
      for (let j = 0; j < states; j++) {
        const log = load<f64>(hmm.logTransmat + ((j * states + k) << 3));
        store<f64>(terms + (j << 3), load<f64>(before + (j << 3)) + log);
      }
      prior = logSumExp(terms, states);
    }
    store<f64>(to + (k << 3), prior + load<f64>(densities + (k << 3)));
  }
  subtract(to, states, logSumExp(to, states));
}

/** Turns ln P(s_t | x_1..x_t) into P(s_t | all rows) with the backward variable. */
function smooth(states: i32, row: usize): void {
  for (let k = 0; k < states; k++) {
    const at = k << 3;
    store<f64>(row + at, load<f64>(row + at) + load<f64>(backward + at));
  }
  subtract(row, states, logSumExp(row, states));
  for (let k = 0; k < states; k++) {
    const log = load<f64>(row + (k << 3));
    const floor = log > -Infinity ? POSTERIOR_FLOOR : 0.0;
    store<f64>(row + (k << 3), max(NativeMath.exp(log), floor));
  }
}

/** Moves the backward variable from a row to the previous row. */
function stepBack(hmm: Hmm, x: usize): void {
  const states = hmm.states;
  logDensities(hmm, x, ahead);
  for (let j = 0; j < states; j++) {
    const at = j << 3;
    store<f64>(ahead + at, load<f64>(ahead + at) + load<f64>(backward + at));
  }
  for (let i = 0; i < states; i++) {
    for (let j = 0; j < states; j++) {
      const log = load<f64>(hmm.logTransmat + ((i * states + j) << 3));
      store<f64>(terms + (j << 3), log + load<f64>(ahead + (j << 3)));
    }
    store<f64>(backward + (i << 3), logSumExp(terms, states));
  }
  subtract(backward, states, logSumExp(backward, states));
}

/**
 * Smooths many rows: P(s_t | all rows of the sequence), by the forward and backward recursions
 * (Rabiner 1989, section III.A) in log space. Each row is normalized, so that nothing underflows.
 *
 * @param rows f64, row after row
 * @param lengths rows of each sequence, i32
 * @param posteriors output, f64, a row of K each
 */
export function smoothRows(
  address: usize,
  rows: usize,
  lengths: usize,
  sequences: i32,
  posteriors: usize,
): void {
  const hmm = changetype<Hmm>(address);
  const rowBytes: usize = hmm.dims << 3;
  const posteriorBytes: usize = hmm.states << 3;
  for (let s = 0; s < sequences; s++) {
    const length = load<i32>(lengths + (s << 2)) as usize;
    for (let t: usize = 0; t < length; t++) {
      const to = posteriors + t * posteriorBytes;
      filterLog(hmm, t == 0 ? 0 : to - posteriorBytes, rows + t * rowBytes, to);
    }
    memory.fill(backward, 0, posteriorBytes);
    for (let t = length; t > 0; t--) {
      smooth(hmm.states, posteriors + (t - 1) * posteriorBytes);
      stepBack(hmm, rows + (t - 1) * rowBytes);
    }
    rows += length * rowBytes;
    posteriors += length * posteriorBytes;
  }
}
