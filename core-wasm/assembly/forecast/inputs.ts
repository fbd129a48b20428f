/**
 * The inputs of the volatility forecast, from one symbol's bars.
 *
 * r is the log return of a minute. Volatilities are logs of exponentially weighted root mean
 * squares of r. The level of the week is the mean of 168 hourly means of the log volatility of a
 * quarter of an hour. Volumes are averages of the log quote volume less that of a day. Leverage and
 * momentum are the negative part and the size of the mean r of some minutes in units of the day's
 * volatility.
 */
import { averaged, halfLifeWeight } from "./average";

/** Most minutes ahead that are forecast; squared returns are kept as long. */
const MAX_HORIZON: i32 = 60;
/** Hourly means in the level of the week. */
const HOURS: i32 = 168;
/** Minutes of the volatility whose hourly means make that level. */
const LEVEL_MINUTES: i32 = 15;
/** Missing minutes that a sequence survives. */
const MAX_MISSING: i32 = 1_440;
/** Keeps the log of a market that stands still finite: 0.1 basis points a minute. */
const VARIANCE_FLOOR: f64 = 1e-10;
/** Basis points. */
const LEVEL_FLOOR: f64 = 0.1;

const WEIGHT_5 = halfLifeWeight(5.0);
const WEIGHT_15 = halfLifeWeight(15.0);
const WEIGHT_30 = halfLifeWeight(30.0);
const WEIGHT_60 = halfLifeWeight(60.0);
const WEIGHT_240 = halfLifeWeight(240.0);
const WEIGHT_1440 = halfLifeWeight(1440.0);
const ROOT_5 = sqrt<f64>(5.0);
const ROOT_15 = sqrt<f64>(15.0);
const ROOT_60 = sqrt<f64>(60.0);
const ROOT_240 = sqrt<f64>(240.0);

/** The inputs of a bar, in the order of their names; or a weight for each. */
@unmanaged
export class Inputs {
  volatility5: f64;
  volatility30: f64;
  volatility240: f64;
  volatility1440: f64;
  /** Level of the week. */
  week: f64;
  volume5: f64;
  volume60: f64;
  leverage5: f64;
  leverage15: f64;
  leverage60: f64;
  leverage240: f64;
  momentum5: f64;
  momentum15: f64;
  momentum60: f64;
  momentum240: f64;
}

/** What else a bar gives. */
@unmanaged
export class Minute {
  /** Squared log return. */
  squared: f64;
  /** Size of the log return in units of the four hours' volatility before it. */
  shock: f64;
  volatility60: f64;
}

/** State of one symbol; the two rings follow it. A state of zeros is an empty one. */
@unmanaged
export class InputsState {
  /** Minute since 1970 at which the next bar opens. */
  minute: i64;
  /** Bit k: whether there was a bar k minutes before the last minute. */
  present: u64;
  /** Bars of the sequence. */
  bars: i32;
  /** Minutes missing since the last bar. */
  missing: i32;
  /** Hour since 1970 of the last bar. */
  hour: i32;
  /** Bars of that hour. */
  hourBars: i32;
  /** Hourly means in the ring. */
  hours: i32;
  /** Index of the oldest of them once the ring is full. */
  hourHead: i32;
  close: f64;
  /** Sum over the running hour. */
  hourSum: f64;
  /** Mean of the hourly means. */
  hoursMean: f64;
  variance5: f64;
  variance30: f64;
  variance60: f64;
  variance240: f64;
  variance1440: f64;
  return5: f64;
  return15: f64;
  return60: f64;
  return240: f64;
  volume5: f64;
  volume60: f64;
  volume1440: f64;
}

const SQUARES: usize = offsetof<InputsState>();
const HOURLY: usize = SQUARES + (MAX_HORIZON << 3);

/** Bytes of a symbol's state. */
export const INPUTS_STATE_BYTES: usize = HOURLY + (HOURS << 3);

/** Whether the last `count` minutes, at most 64, all had a bar. */
export function allPresent(state: InputsState, count: i32): bool {
  const mask = ((1 as u64) << (count as u64)) - 1;
  return (state.present & mask) == mask;
}

/** Sum of the squared returns of the last `count` minutes before `minute`, at most 60. */
export function sumSquares(state: InputsState, minute: i64, count: i32): f64 {
  const ring = changetype<usize>(state) + SQUARES;
  let at = ((minute + ((MAX_HORIZON - count) as i64)) % (MAX_HORIZON as i64)) as i32;
  let sum = 0.0;
  for (let i = 0; i < count; i++) {
    sum += load<f64>(ring + (at << 3));
    at = at + 1 == MAX_HORIZON ? 0 : at + 1;
  }
  return sum;
}

/** Closes the running hour: its mean joins the ring. */
function closeHour(s: InputsState): void {
  const ring = changetype<usize>(s) + HOURLY;
  const at = s.hours < HOURS ? s.hours : s.hourHead;
  store<f64>(ring + (at << 3), s.hourSum / (s.hourBars as f64));
  if (s.hours < HOURS) s.hours += 1;
  else s.hourHead = s.hourHead + 1 == HOURS ? 0 : s.hourHead + 1;
  let sum = 0.0;
  for (let i = s.hourHead; i < s.hours; i++) sum += load<f64>(ring + (i << 3));
  for (let i = 0; i < s.hourHead; i++) sum += load<f64>(ring + (i << 3));
  s.hoursMean = sum / (s.hours as f64);
}

/** Adds the log volatility of the last quarter of an hour, and gives the level of the week. */
function weekLevel(s: InputsState, minute: i64): f64 {
  const mask = ((1 as u64) << LEVEL_MINUTES) - 1;
  const seen = popcnt<u64>(s.present & mask) as f64;
  const mean = sumSquares(s, minute + 1, LEVEL_MINUTES) / seen;
  const level = NativeMath.log(
    1e4 * sqrt((LEVEL_MINUTES as f64) * (mean + VARIANCE_FLOOR)) + LEVEL_FLOOR,
  );
  const hour = (minute / 60) as i32;
  if (hour != s.hour || s.hourBars == 0) {
    if (s.hourBars > 0) closeHour(s);
    s.hour = hour;
    s.hourBars = 0;
    s.hourSum = 0.0;
  }
  s.hourSum += level;
  s.hourBars += 1;
  return s.hours > 0 ? s.hoursMean : s.hourSum / (s.hourBars as f64);
}

/** Log of the root of an averaged square. */
function logRoot(variance: f64): f64 {
  return 0.5 * NativeMath.log(variance + VARIANCE_FLOOR);
}

/**
 * Adds a bar to a symbol's state.
 *
 * @param x output: the inputs
 * @param m output: what else the bar gives
 */
export function stepInputs(
  s: InputsState,
  open: f64,
  close: f64,
  volume: f64,
  x: Inputs,
  m: Minute,
): void {
  const minute = s.minute;
  const before = s.bars == 0 || s.missing > 0 ? open : s.close;
  const r = NativeMath.log(close / before);
  const squared = r * r;
  m.squared = squared;
  m.shock = s.bars == 0 ? 0.0 : abs(r) / sqrt(s.variance240 + VARIANCE_FLOOR);
  s.minute = minute + 1;
  s.missing = 0;
  s.close = close;
  s.bars += 1;
  s.present = (s.present << 1) | 1;
  const slot = (minute % (MAX_HORIZON as i64)) as i32;
  store<f64>(changetype<usize>(s) + SQUARES + (slot << 3), squared);

  const share = 1.0 / (s.bars as f64);
  s.variance5 = averaged(s.variance5, squared, WEIGHT_5, share);
  s.variance30 = averaged(s.variance30, squared, WEIGHT_30, share);
  s.variance60 = averaged(s.variance60, squared, WEIGHT_60, share);
  s.variance240 = averaged(s.variance240, squared, WEIGHT_240, share);
  s.variance1440 = averaged(s.variance1440, squared, WEIGHT_1440, share);
  s.return5 = averaged(s.return5, r, WEIGHT_5, share);
  s.return15 = averaged(s.return15, r, WEIGHT_15, share);
  s.return60 = averaged(s.return60, r, WEIGHT_60, share);
  s.return240 = averaged(s.return240, r, WEIGHT_240, share);
  const logVolume = NativeMath.log(volume * close + 1.0);
  s.volume5 = averaged(s.volume5, logVolume, WEIGHT_5, share);
  s.volume60 = averaged(s.volume60, logVolume, WEIGHT_60, share);
  s.volume1440 = averaged(s.volume1440, logVolume, WEIGHT_1440, share);

  x.volatility5 = logRoot(s.variance5);
  x.volatility30 = logRoot(s.variance30);
  m.volatility60 = logRoot(s.variance60);
  x.volatility240 = logRoot(s.variance240);
  x.volatility1440 = logRoot(s.variance1440);
  x.week = weekLevel(s, minute);
  x.volume5 = s.volume5 - s.volume1440;
  x.volume60 = s.volume60 - s.volume1440;
  const unit = sqrt(s.variance1440 + VARIANCE_FLOOR);
  const u5 = s.return5 * ROOT_5 / unit;
  const u15 = s.return15 * ROOT_15 / unit;
  const u60 = s.return60 * ROOT_60 / unit;
  const u240 = s.return240 * ROOT_240 / unit;
  x.leverage5 = min(u5, 0.0);
  x.leverage15 = min(u15, 0.0);
  x.leverage60 = min(u60, 0.0);
  x.leverage240 = min(u240, 0.0);
  x.momentum5 = abs(u5);
  x.momentum15 = abs(u15);
  x.momentum60 = abs(u60);
  x.momentum240 = abs(u240);
}

/** Whether the sequence continues after `minutes` more missing minutes. */
export function survives(s: InputsState, minutes: i32): bool {
  return s.bars > 0 && (s.missing as i64) + (minutes as i64) <= (MAX_MISSING as i64);
}

/** Lets missing minutes pass that the sequence {@link survives}: they change no average. */
export function skipInputs(s: InputsState, minutes: i32): void {
  const ring = changetype<usize>(s) + SQUARES;
  const blanks = min(minutes, MAX_HORIZON);
  let at = (s.minute % (MAX_HORIZON as i64)) as i32;
  for (let i = 0; i < blanks; i++) {
    store<f64>(ring + (at << 3), 0.0);
    at = at + 1 == MAX_HORIZON ? 0 : at + 1;
  }
  s.present = minutes < 64 ? s.present << (minutes as u64) : 0;
  s.minute += minutes as i64;
  s.missing += minutes;
}
