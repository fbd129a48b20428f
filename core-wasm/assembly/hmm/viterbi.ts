/** The most probable path of states, for analysis only. */
import { argmax, Hmm, logDensities, MAX_STATES } from "./hmm";
import { allocate } from "../memory";

const densities: usize = allocate(MAX_STATES << 3);
/** ln of the probability of the best path to each state, relative to the best of all. */
const lattice: usize = allocate(MAX_STATES << 3);
const arrivals: usize = allocate(MAX_STATES << 3);
const terms: usize = allocate(MAX_STATES << 3);

/** Subtracts the largest value of the lattice, so that a far outlier costs no later precision. */
function rebase(states: i32): f64 {
  const best = load<f64>(lattice + (argmax(lattice, states) << 3));
  for (let k = 0; k < states; k++) {
    store<f64>(lattice + (k << 3), load<f64>(lattice + (k << 3)) - best);
  }
  return best;
}

/**
 * Adds the next row to the lattice.
 *
 * @param origins output: the best previous state of each state, u8
 * @returns change of the best path's ln probability
 */
function advance(hmm: Hmm, x: usize, origins: usize): f64 {
  const states = hmm.states;
  logDensities(hmm, x, densities);
  for (let k = 0; k < states; k++) {
    for (let j = 0; j < states; j++) {
      const log = load<f64>(hmm.logTransmat + ((j * states + k) << 3));
      store<f64>(terms + (j << 3), load<f64>(lattice + (j << 3)) + log);
    }
    const origin = argmax(terms, states);
    store<u8>(origins + k, origin as u8);
    store<f64>(
      arrivals + (k << 3),
      load<f64>(terms + (origin << 3)) + load<f64>(densities + (k << 3)),
    );
  }
  memory.copy(lattice, arrivals, states << 3);
  return rebase(states);
}

/** Starts the lattice with the first row of a sequence; returns the best path's ln probability. */
function begin(hmm: Hmm, x: usize): f64 {
  logDensities(hmm, x, densities);
  for (let k = 0; k < hmm.states; k++) {
    const at = k << 3;
    store<f64>(lattice + at, load<f64>(hmm.logStartprob + at) + load<f64>(densities + at));
  }
  return rebase(hmm.states);
}

/**
 * Most probable paths (Viterbi; Rabiner 1989, section III.B) in log space. Ties go to the lowest
 * state, as in hmmlearn.
 *
 * @param rows f64, row after row
 * @param lengths rows of each sequence, i32
 * @param origins scratch memory, K u8 per row
 * @param path output: the states, a u8 per row
 * @param logProbabilities output: ln p(rows, path) of each sequence, nats, f64
 */
export function viterbiRows(
  address: usize,
  rows: usize,
  lengths: usize,
  sequences: i32,
  origins: usize,
  path: usize,
  logProbabilities: usize,
): void {
  const hmm = changetype<Hmm>(address);
  const states: usize = hmm.states;
  const rowBytes: usize = hmm.dims << 3;
  for (let s = 0; s < sequences; s++) {
    const length = load<i32>(lengths + (s << 2)) as usize;
    let logProbability = 0.0;
    for (let t: usize = 0; t < length; t++) {
      const x = rows + t * rowBytes;
      logProbability += t == 0 ? begin(hmm, x) : advance(hmm, x, origins + t * states);
    }
    let state = argmax(lattice, hmm.states) as usize;
    for (let t = length; t > 0; t--) {
      store<u8>(path + t - 1, state as u8);
      state = load<u8>(origins + (t - 1) * states + state);
    }
    store<f64>(logProbabilities + (s << 3), logProbability);
    rows += length * rowBytes;
    path += length;
  }
}
