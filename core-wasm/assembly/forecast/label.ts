/**
 * The regime: the tercile of the coming quarter of an hour's volatility that is named, its
 * probabilities, and the probability that another is named within the hour.
 */
import { allocate } from "../memory";
import { Horizon } from "./horizon";
import { probabilityBelow } from "./quantiles";
import { DAY_MINUTES, dayHarmonicsOf, HARMONIC_COLUMNS } from "./season";

/** Least probability of a tercile, before they are divided by their sum. */
const MIN_PROBABILITY: f64 = 5e-4;
/** Features of a change, before they are repeated for two of the regimes. */
const CHANGE_FEATURES: i32 = 9;
/** Bound of their sizes. */
const CLIP: f64 = 6.0;
/** Minutes ahead at which the day's harmonics are taken. */
const CHANGE_MINUTES: i32 = 60;
/** Weights of the features of a change: for all regimes, for the first, for the last, of the day. */
export const CHANGE_WEIGHTS: i32 = 3 * CHANGE_FEATURES + HARMONIC_COLUMNS;

/** The state of a label that does not exist yet. */
const NO_REGIME: f64 = 255.0;

/** The regression of a change of the label. */
@unmanaged
export class Change {
  intercept: f64;
  /** Address of the weights. */
  weights: usize;
  /** Their sum with the day's harmonics for each minute of the day. */
  day: usize;
}

/** State of one symbol's label. */
@unmanaged
export class LabelState {
  /** The regime, from 1; 0 before there is one. */
  regime: i32;
  /** Minutes since it began; 0 in its first. */
  minutes: i32;
}

/** A label with its probabilities. */
@unmanaged
export class Regime {
  /** The regime, from 0; {@link NO_REGIME} before there is one. */
  state: f64;
  /** Minutes since it began; 0 in its first. */
  minutes: f64;
  calm: f64;
  normal: f64;
  turbulent: f64;
  /** Probability that another is named within the hour. */
  change: f64;
}

/**
 * The regression of a change without its numbers. The host writes the weights, then calls
 * {@link prepareChange}.
 *
 * @returns its address; 0 when memory ran out
 */
export function newChange(intercept: f64): usize {
  const address = allocate(offsetof<Change>());
  if (address == 0) return 0;
  const change = changetype<Change>(address);
  change.intercept = intercept;
  change.weights = allocate(CHANGE_WEIGHTS << 3);
  change.day = allocate(DAY_MINUTES << 3);
  return change.day == 0 ? 0 : address;
}

/** Address of the 39 weights. */
export function changeWeights(address: usize): usize {
  return changetype<Change>(address).weights;
}

/** Builds the table of a regression; a horizon must be there already. */
export function prepareChange(address: usize): void {
  const change = changetype<Change>(address);
  const weights = change.weights + (3 * CHANGE_FEATURES << 3);
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const columns = dayHarmonicsOf((minute + CHANGE_MINUTES) % DAY_MINUTES);
    let sum = 0.0;
    for (let i = 0; i < HARMONIC_COLUMNS; i++) {
      sum += load<f64>(weights + (i << 3)) * load<f64>(columns + (i << 3));
    }
    store<f64>(change.day + (minute << 3), sum);
  }
}

/** Marks a regime as not known yet. */
export function clearRegime(out: Regime): void {
  out.state = NO_REGIME;
  out.minutes = NaN;
  out.calm = NaN;
  out.normal = NaN;
  out.turbulent = NaN;
  out.change = NaN;
}

/** Writes the probabilities of the terciles of y ~ f + a Z between two borders. */
function writeTerciles(h: Horizon, f: f64, a: f64, low: f64, high: f64, out: Regime): void {
  const u = probabilityBelow(h.quantiles, h.quantileCount, (low - f) / a);
  const v = probabilityBelow(h.quantiles, h.quantileCount, (high - f) / a);
  const calm = max(u, MIN_PROBABILITY);
  const normal = max(v - u, MIN_PROBABILITY);
  const turbulent = max(1.0 - v, MIN_PROBABILITY);
  const sum = calm + normal + turbulent;
  out.calm = calm / sum;
  out.normal = normal / sum;
  out.turbulent = turbulent / sum;
}

/** Stays in the regime until another's probability is higher by more than the margin. */
function nextLabel(s: LabelState, out: Regime, margin: f64, minutes: i32): void {
  let best = 1;
  let most = out.calm;
  if (out.normal > most) {
    best = 2;
    most = out.normal;
  }
  if (out.turbulent > most) {
    best = 3;
    most = out.turbulent;
  }
  const present = s.regime == 1 ? out.calm : s.regime == 2 ? out.normal : out.turbulent;
  s.minutes += minutes;
  if (s.regime == 0 || (best != s.regime && most - present > margin)) {
    s.regime = best;
    s.minutes = 0;
  }
}

function clip(x: f64): f64 {
  return min(max(x, -CLIP), CLIP);
}

/** Sums of a feature times its weights. */
function weigh(weights: usize, regime: i32, feature: i32, value: f64): f64 {
  const x = clip(value);
  const at = weights + (feature << 3);
  const sum = load<f64>(at) * x;
  if (regime == 2) return sum;
  const own = regime == 1 ? CHANGE_FEATURES : 2 * CHANGE_FEATURES;
  return sum + load<f64>(at + (own << 3)) * x;
}

/**
 * Names the regime at a bar.
 *
 * @param low border between the first terciles of y
 * @param high border between the last ones
 * @param margin by which another's probability must exceed the present one's
 * @param minutes minutes since the last bar
 * @param shape volatility_5 - volatility_30
 * @param minuteOfDay of the bar
 */
export function stepLabel(
  h: Horizon,
  change: Change,
  s: LabelState,
  f: f64,
  a: f64,
  low: f64,
  high: f64,
  margin: f64,
  minutes: i32,
  shape: f64,
  minuteOfDay: i32,
  out: Regime,
): void {
  writeTerciles(h, f, a, low, high, out);
  nextLabel(s, out, margin, minutes);
  out.state = (s.regime - 1) as f64;
  out.minutes = s.minutes as f64;
  const w = change.weights;
  const k = s.regime;
  const first = (f - low) / a;
  const last = (f - high) / a;
  const sum = change.intercept + weigh(w, k, 0, first) + weigh(w, k, 1, last) +
    weigh(w, k, 2, abs(first)) + weigh(w, k, 3, abs(last)) +
    weigh(w, k, 4, NativeMath.log(1.0 + out.minutes)) + weigh(w, k, 5, out.calm) +
    weigh(w, k, 6, out.turbulent) + weigh(w, k, 7, NativeMath.log(a)) + weigh(w, k, 8, shape) +
    load<f64>(change.day + (minuteOfDay << 3));
  out.change = 1.0 / (1.0 + NativeMath.exp(-sum));
}
