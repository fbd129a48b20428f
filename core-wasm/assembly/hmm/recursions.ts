/**
 * The forward and backward recursions of Baum-Welch (Rabiner 1989, section III.A), two states per
 * vector. The variables are not normalized row by row: forward variables are multiplied by 2^300
 * whenever their sum falls below 2^-300. The power of two is exact, and it is multiplied into the
 * row's emissions, so that the backward recursion includes it too. So the sum over states of
 * forward x backward is the same at every row of a sequence: the last forward sum.
 *
 * Each function is compiled for one, two or four pairs of states, by its type parameter: u8, u16 or
 * u32.
 */
import { MAX_STATES } from "./hmm";
import { allocate } from "../memory";

/** Bytes of a pair of states. */
const PAIR: usize = 16;
/** Bytes between the tables of two pairs. */
const TABLE: usize = (MAX_STATES as usize) * PAIR;
/** 2^-300. */
const MIN_SUM: f64 = 4.909093465297727e-91;
/** 2^300. */
const RESCALE: f64 = 2.037035976334486e90;
/** ln of it. */
export const LN_RESCALE: f64 = 207.94415416798358;
/** Upper bound of a weight, so that it stays finite and 0 times it is 0. */
const MAX_WEIGHT: f64 = 1e300;
/** Bytes of the flows from a pair of states. */
const FLOWS: usize = (MAX_STATES as usize) * PAIR;

/** Transition probabilities to each pair of states: one pair of f64 per origin. */
const arrivals: usize = allocate((MAX_STATES as usize) / 2 * TABLE);
/** Transition probabilities from each pair of states: one pair of f64 per destination. */
const departures: usize = allocate((MAX_STATES as usize) / 2 * TABLE);
/** Initial distribution. */
const starts: usize = allocate(MAX_STATES << 3);
/** Forward variables of the last processed row. */
const carried: usize = allocate(MAX_STATES << 3);
/** Emission x backward variable of the next row. */
const weights: usize = allocate(MAX_STATES << 3);
/** Sums of forward variable x weight, origin by destination. */
const flows: usize = allocate((MAX_STATES * MAX_STATES) << 3);

/** Number of pairs of states. */
export function pairsOf(states: i32): i32 {
  return states <= 2 ? 1 : states <= 4 ? 2 : 4;
}

/** Copies a row of f64 into pairs. */
function copyRow(values: usize, states: i32, to: usize): void {
  memory.fill(to, 0, (MAX_STATES as usize) << 3);
  memory.copy(to, values, (states as usize) << 3);
}

/** Prepares the recursions for the parameters of one iteration. */
export function initRecursions(startprob: usize, transmat: usize, states: i32): void {
  copyRow(startprob, states, starts);
  memory.fill(flows, 0, (MAX_STATES * MAX_STATES) << 3);
  memory.fill(arrivals, 0, (MAX_STATES as usize) / 2 * TABLE);
  memory.fill(departures, 0, (MAX_STATES as usize) / 2 * TABLE);
  for (let i = 0; i < states; i++) {
    for (let j = 0; j < states; j++) {
      const p = load<f64>(transmat + ((i * states + j) << 3));
      store<f64>(arrivals + (j >> 1) * TABLE + i * PAIR + ((j & 1) << 3), p);
      store<f64>(departures + (i >> 1) * TABLE + j * PAIR + ((i & 1) << 3), p);
    }
  }
}

/** Sum over states i of x(i) times the table's pair for i. */
function weigh<P>(table: usize, x0: v128, x1: v128, x2: v128, x3: v128): v128 {
  let even = f64x2.mul(v128.shuffle<f64>(x0, x0, 0, 0), v128.load(table, 0));
  let odd = f64x2.mul(v128.shuffle<f64>(x0, x0, 1, 1), v128.load(table, 16));
  if (sizeof<P>() >= 2) {
    even = f64x2.add(even, f64x2.mul(v128.shuffle<f64>(x1, x1, 0, 0), v128.load(table, 32)));
    odd = f64x2.add(odd, f64x2.mul(v128.shuffle<f64>(x1, x1, 1, 1), v128.load(table, 48)));
  }
  if (sizeof<P>() >= 4) {
    even = f64x2.add(even, f64x2.mul(v128.shuffle<f64>(x2, x2, 0, 0), v128.load(table, 64)));
    odd = f64x2.add(odd, f64x2.mul(v128.shuffle<f64>(x2, x2, 1, 1), v128.load(table, 80)));
    even = f64x2.add(even, f64x2.mul(v128.shuffle<f64>(x3, x3, 0, 0), v128.load(table, 96)));
    odd = f64x2.add(odd, f64x2.mul(v128.shuffle<f64>(x3, x3, 1, 1), v128.load(table, 112)));
  }
  return f64x2.add(even, odd);
}

function lanesSum(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Multiplies pairs in memory by 2^300. */
function rescale(pairs: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += PAIR) {
    v128.store(pairs + at, f64x2.mul(v128.load(pairs + at), f64x2.splat(RESCALE)));
  }
}

/** Sum of the forward variables of the last processed row. */
export function forwardSum(): f64 {
  let sum = f64x2.splat(0.0);
  for (let at: usize = 0; at < (MAX_STATES as usize) << 3; at += PAIR) {
    sum = f64x2.add(sum, v128.load(carried + at));
  }
  return lanesSum(sum);
}

/**
 * Forward recursion.
 *
 * @param emissions emissions of the rows, pairs of states, row after row
 * @param forwards output: the forward variables, in the same layout
 * @param isStart whether the first row begins a sequence; otherwise it continues the last call
 * @returns number of multiplications by 2^300
 */
export function forward<P>(emissions: usize, forwards: usize, rows: i32, isStart: bool): i32 {
  const bytes: usize = sizeof<P>() * PAIR;
  const end = forwards + bytes * (rows as usize);
  const first: usize = isStart ? forwards : 0;
  let rescales = 0;
  let a0 = v128.load(carried);
  let a1 = v128.load(carried, 16);
  let a2 = v128.load(carried, 32);
  let a3 = v128.load(carried, 48);
  while (forwards < end) {
    let p0 = v128.load(starts);
    let p1 = v128.load(starts, 16);
    let p2 = v128.load(starts, 32);
    let p3 = v128.load(starts, 48);
    if (forwards != first) {
      p0 = weigh<P>(arrivals, a0, a1, a2, a3);
      if (sizeof<P>() >= 2) p1 = weigh<P>(arrivals + TABLE, a0, a1, a2, a3);
      if (sizeof<P>() >= 4) {
        p2 = weigh<P>(arrivals + 2 * TABLE, a0, a1, a2, a3);
        p3 = weigh<P>(arrivals + 3 * TABLE, a0, a1, a2, a3);
      }
    }
    a0 = f64x2.mul(p0, v128.load(emissions));
    let sum = a0;
    if (sizeof<P>() >= 2) {
      a1 = f64x2.mul(p1, v128.load(emissions, 16));
      sum = f64x2.add(sum, a1);
    }
    if (sizeof<P>() >= 4) {
      a2 = f64x2.mul(p2, v128.load(emissions, 32));
      a3 = f64x2.mul(p3, v128.load(emissions, 48));
      sum = f64x2.add(sum, f64x2.add(a2, a3));
    }
    for (let s = lanesSum(sum); s < MIN_SUM && s > 0.0; s *= RESCALE) {
      rescale(emissions, bytes);
      a0 = f64x2.mul(a0, f64x2.splat(RESCALE));
      a1 = f64x2.mul(a1, f64x2.splat(RESCALE));
      a2 = f64x2.mul(a2, f64x2.splat(RESCALE));
      a3 = f64x2.mul(a3, f64x2.splat(RESCALE));
      rescales++;
    }
    v128.store(forwards, a0);
    if (sizeof<P>() >= 2) v128.store(forwards, a1, 16);
    if (sizeof<P>() >= 4) {
      v128.store(forwards, a2, 32);
      v128.store(forwards, a3, 48);
    }
    emissions += bytes;
    forwards += bytes;
  }
  v128.store(carried, a0);
  v128.store(carried, a1, 16);
  v128.store(carried, a2, 32);
  v128.store(carried, a3, 48);
  return rescales;
}

/** Adds x(i) times the weights to the flows from state i, for both states of a pair. */
function addFlows<P>(flow: usize, x: v128, w0: v128, w1: v128, w2: v128, w3: v128): void {
  addFlow<P>(flow, v128.shuffle<f64>(x, x, 0, 0), w0, w1, w2, w3);
  addFlow<P>(flow + (MAX_STATES << 3), v128.shuffle<f64>(x, x, 1, 1), w0, w1, w2, w3);
}

function addFlow<P>(flow: usize, x: v128, w0: v128, w1: v128, w2: v128, w3: v128): void {
  v128.store(flow, f64x2.add(v128.load(flow), f64x2.mul(x, w0)));
  if (sizeof<P>() >= 2) {
    v128.store(flow, f64x2.add(v128.load(flow, 16), f64x2.mul(x, w1)), 16);
  }
  if (sizeof<P>() >= 4) {
    v128.store(flow, f64x2.add(v128.load(flow, 32), f64x2.mul(x, w2)), 32);
    v128.store(flow, f64x2.add(v128.load(flow, 48), f64x2.mul(x, w3)), 48);
  }
}

/** Writes the posteriors of a pair of states, `stride` bytes from state to state. */
function storePosteriors(pair: v128, place: usize, stride: usize): void {
  v128.store64_lane(place, pair, 0);
  v128.store64_lane(place + stride, pair, 1);
}

/** Emission x backward variable. */
function weight(emission: v128, backward: v128): v128 {
  return f64x2.pmin(f64x2.mul(emission, backward), f64x2.splat(MAX_WEIGHT));
}

/**
 * Backward recursion, last row to first, which also sums the expected transitions.
 *
 * @param emissions emissions of the rows, as the forward recursion left them
 * @param forwards the forward variables
 * @param isEnd whether the last row ends a sequence; otherwise it continues the last call
 * @param share 1 / sum of the forward variables of the sequence's last row
 * @param posteriors output: P(s_t | all rows of the sequence), a run of f64 per state
 * @param stride bytes from one state's run to the next
 */
export function backward<P>(
  emissions: usize,
  forwards: usize,
  rows: i32,
  isEnd: bool,
  share: f64,
  posteriors: usize,
  stride: usize,
): void {
  const bytes: usize = sizeof<P>() * PAIR;
  const shares = f64x2.splat(share);
  let isLast = isEnd;
  let w0 = v128.load(weights);
  let w1 = v128.load(weights, 16);
  let w2 = v128.load(weights, 32);
  let w3 = v128.load(weights, 48);
  if (isEnd) {
    w0 =
      w1 =
      w2 =
      w3 =
        f64x2.splat(0.0);
  }
  for (let t = (rows as usize) - 1; (t as isize) >= 0; t--) {
    const emission = emissions + t * bytes;
    const alphas = forwards + t * bytes;
    const place = posteriors + (t << 3);
    let b0 = f64x2.splat(1.0);
    let b1 = b0;
    let b2 = b0;
    let b3 = b0;
    if (!isLast) {
      b0 = weigh<P>(departures, w0, w1, w2, w3);
      if (sizeof<P>() >= 2) b1 = weigh<P>(departures + TABLE, w0, w1, w2, w3);
      if (sizeof<P>() >= 4) {
        b2 = weigh<P>(departures + 2 * TABLE, w0, w1, w2, w3);
        b3 = weigh<P>(departures + 3 * TABLE, w0, w1, w2, w3);
      }
    }
    isLast = false;
    const a0 = f64x2.mul(v128.load(alphas), shares);
    addFlows<P>(flows, a0, w0, w1, w2, w3);
    storePosteriors(f64x2.mul(a0, b0), place, stride);
    if (sizeof<P>() >= 2) {
      const a1 = f64x2.mul(v128.load(alphas, 16), shares);
      addFlows<P>(flows + FLOWS, a1, w0, w1, w2, w3);
      storePosteriors(f64x2.mul(a1, b1), place + 2 * stride, stride);
    }
    if (sizeof<P>() >= 4) {
      const a2 = f64x2.mul(v128.load(alphas, 32), shares);
      const a3 = f64x2.mul(v128.load(alphas, 48), shares);
      addFlows<P>(flows + 2 * FLOWS, a2, w0, w1, w2, w3);
      addFlows<P>(flows + 3 * FLOWS, a3, w0, w1, w2, w3);
      storePosteriors(f64x2.mul(a2, b2), place + 4 * stride, stride);
      storePosteriors(f64x2.mul(a3, b3), place + 6 * stride, stride);
      w2 = weight(v128.load(emission, 32), b2);
      w3 = weight(v128.load(emission, 48), b3);
    }
    if (sizeof<P>() >= 2) w1 = weight(v128.load(emission, 16), b1);
    w0 = weight(v128.load(emission), b0);
  }
  v128.store(weights, w0);
  v128.store(weights, w1, 16);
  v128.store(weights, w2, 32);
  v128.store(weights, w3, 48);
}

/** Expected number of transitions since {@link initRecursions}. */

export function expectedTransitions(i: i32, j: i32): f64 {
  const p = load<f64>(departures + (i >> 1) * TABLE + j * PAIR + ((i & 1) << 3));
  return p > 0.0 ? p * load<f64>(flows + ((i * MAX_STATES + j) << 3)) : 0.0;
}
