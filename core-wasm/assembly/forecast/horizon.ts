/**
 * The forecast of one horizon, h minutes ahead: y = ln(1e4 sqrt(sum of the next h squared returns) +
 * 0.1) is f + a Z. f is a regression on the inputs plus averages of its own past errors, a is a
 * regression on averages of past squared errors, times a factor by which it was wrong of late, and Z
 * has the distribution of (y - f) / a in training.
 *
 * An error enters the averages when it is known, h minutes after its forecast.
 */
import { allocate } from "../memory";
import { averaged, halfLifeWeight } from "./average";
import { Inputs, Minute } from "./inputs";
import { LEVEL_COUNT, writeLevels } from "./quantiles";
import { prepareHarmonics, SEASON_COLUMNS, tabulateSeason, WEEK_MINUTES } from "./season";

/** Basis points. */
const TARGET_FLOOR: f64 = 0.1;
/** Keeps the log of an averaged squared error finite. */
const ERROR_FLOOR: f64 = 1e-3;
/** Bound of a squared error in units of a0^2. */
const MAX_SQUARED_RATIO: f64 = 65.0;
/** Bounds of the squared factor between a0 and a. */
const MIN_SCALE: f64 = 0.25;
const MAX_SCALE: f64 = 4.0;

const WEIGHT_240 = halfLifeWeight(240.0);
const WEIGHT_1440 = halfLifeWeight(1440.0);
const WEIGHT_4320 = halfLifeWeight(4320.0);

/** Parameters of a horizon, as the host writes them; the weights of the inputs come first. */
@unmanaged
export class Parameters extends Inputs {
  intercept: f64;
  bias240: f64;
  bias1440: f64;
  bias4320: f64;
  scaleIntercept: f64;
  scale240: f64;
  scale1440: f64;
  scale4320: f64;
  /** Of volatility_5 - volatility_60. */
  shortChange: f64;
  /** Of its size. */
  shortChangeSize: f64;
  /** Of the size of volatility_30 - volatility_240. */
  dayChangeSize: f64;
  /** Mean of the bounded squared error in units of a0^2 in training. */
  squaredMean: f64;
}

/** Numbers that the host writes. */
export const HORIZON_PARAMETERS: i32 = (offsetof<Parameters>() >> 3) as i32;

/** A horizon with its parameters. */
@unmanaged
export class Horizon {
  /** Minutes ahead. */
  minutes: i32;
  /** Quantiles of Z. */
  quantileCount: i32;
  parameters: usize;
  /** 31 coefficients of the calendar, and room for a row of its columns. */
  seasonal: usize;
  /** Their sum for each minute of the week. */
  season: usize;
  quantiles: usize;
  /** The published quantiles of Z. */
  levels: usize;
}

/** State of one symbol and horizon; a ring of forecasts, one a minute, follows it. */
@unmanaged
export class HorizonState {
  /** Errors that are known. */
  errors: f64;
  /** Averages of y - f0. */
  bias240: f64;
  bias1440: f64;
  bias4320: f64;
  /** Averages of (y - f)^2. */
  spread240: f64;
  spread1440: f64;
  spread4320: f64;
  /** Average of the bounded ((y - f) / a0)^2. */
  squared: f64;
}

/** A forecast of the ring. */
@unmanaged
class Made {
  f0: f64;
  f: f64;
  a0: f64;
}

/** What f0 is made of, beside its intercept. */
@unmanaged
export class Terms {
  short: f64;
  hour: f64;
  day: f64;
  week: f64;
  season: f64;
  volume: f64;
  momentum: f64;
  /** f - f0. */
  bias: f64;
}

/** Terms as f64. */
export const TERM_COUNT: i32 = (offsetof<Terms>() >> 3) as i32;

/** A forecast with what it is made of; the published quantiles follow, in basis points. */
@unmanaged
export class Forecast {
  f0: f64;
  f: f64;
  /** Scale before its factor. */
  a0: f64;
  a: f64;
  /** Averages of y - f0. */
  bias240: f64;
  bias1440: f64;
  bias4320: f64;
  /** Log of the root of the averages of (y - f)^2. */
  spread240: f64;
  spread1440: f64;
  spread4320: f64;
  /** Average of the bounded ((y - f) / a0)^2; NaN before the first error. */
  squared: f64;
}

/** Bytes of a forecast with its quantiles. */
export const FORECAST_BYTES: usize = offsetof<Forecast>() + (LEVEL_COUNT << 3);

/** Bytes of a symbol's state. */
export function horizonStateBytes(minutes: i32): usize {
  return offsetof<HorizonState>() + (minutes as usize) * offsetof<Made>();
}

/**
 * A horizon without its numbers. The host writes them to the addresses below, then calls
 * {@link prepareHorizon}.
 *
 * @returns its address; 0 when memory ran out
 */
export function newHorizon(minutes: i32, quantileCount: i32): usize {
  const address = allocate(offsetof<Horizon>());
  if (address == 0) return 0;
  const horizon = changetype<Horizon>(address);
  horizon.minutes = minutes;
  horizon.quantileCount = quantileCount;
  horizon.parameters = allocate(offsetof<Parameters>());
  horizon.seasonal = allocate((2 * SEASON_COLUMNS) << 3);
  horizon.season = allocate(WEEK_MINUTES << 3);
  horizon.quantiles = allocate((quantileCount as usize) << 3);
  horizon.levels = allocate(LEVEL_COUNT << 3);
  if (horizon.season == 0 || horizon.quantiles == 0 || horizon.levels == 0) return 0;
  return prepareHarmonics() ? address : 0;
}

/** Address of the `Parameters`. */
export function horizonParameters(address: usize): usize {
  return changetype<Horizon>(address).parameters;
}

/** Address of the 31 coefficients of the calendar. */
export function horizonSeason(address: usize): usize {
  return changetype<Horizon>(address).seasonal;
}

/** Address of the quantiles of Z, ascending. */
export function horizonQuantiles(address: usize): usize {
  return changetype<Horizon>(address).quantiles;
}

/** Builds the tables of a horizon. */
export function prepareHorizon(address: usize): void {
  const h = changetype<Horizon>(address);
  tabulateSeason(h.seasonal, h.seasonal + (SEASON_COLUMNS << 3), h.season);
  writeLevels(h.quantiles, h.quantileCount, h.levels);
}

function ringSlot(h: Horizon, state: HorizonState, minute: i64): Made {
  const at = (minute % (h.minutes as i64)) as usize;
  return changetype<Made>(
    changetype<usize>(state) + offsetof<HorizonState>() + at * offsetof<Made>(),
  );
}

/**
 * Adds the error of the forecast made h minutes before `minute`, which is the last of its minutes.
 *
 * @param sum squared returns of these minutes
 */
export function addError(h: Horizon, s: HorizonState, minute: i64, sum: f64): void {
  const made = ringSlot(h, s, minute);
  const y = NativeMath.log(1e4 * sqrt(sum) + TARGET_FLOOR);
  const error0 = y - made.f0;
  const error = y - made.f;
  const square = error * error;
  const ratio = error / made.a0;
  s.errors += 1.0;
  const share = 1.0 / s.errors;
  s.bias240 = averaged(s.bias240, error0, WEIGHT_240, share);
  s.bias1440 = averaged(s.bias1440, error0, WEIGHT_1440, share);
  s.bias4320 = averaged(s.bias4320, error0, WEIGHT_4320, share);
  s.spread240 = averaged(s.spread240, square, WEIGHT_240, share);
  s.spread1440 = averaged(s.spread1440, square, WEIGHT_1440, share);
  s.spread4320 = averaged(s.spread4320, square, WEIGHT_4320, share);
  s.squared = averaged(s.squared, min(ratio * ratio, MAX_SQUARED_RATIO), WEIGHT_4320, share);
}

function logSpread(square: f64): f64 {
  return 0.5 * NativeMath.log(square + ERROR_FLOOR);
}

/**
 * Makes the forecast at a bar and keeps it until its error is known.
 *
 * @param minute minute since 1970 of the bar
 * @param season minute of the week of the bar
 * @param terms output: what f is made of
 * @param out output: the forecast
 */
export function makeForecast(
  h: Horizon,
  s: HorizonState,
  minute: i64,
  season: i32,
  x: Inputs,
  m: Minute,
  terms: Terms,
  out: Forecast,
): void {
  const w = changetype<Parameters>(h.parameters);
  terms.short = w.volatility5 * x.volatility5;
  terms.hour = w.volatility30 * x.volatility30;
  terms.day = w.volatility240 * x.volatility240 + w.volatility1440 * x.volatility1440;
  terms.week = w.week * x.week;
  terms.season = load<f64>(h.season + (season << 3));
  terms.volume = w.volume5 * x.volume5 + w.volume60 * x.volume60;
  terms.momentum = w.leverage5 * x.leverage5 + w.leverage15 * x.leverage15 +
    w.leverage60 * x.leverage60 + w.leverage240 * x.leverage240 +
    w.momentum5 * x.momentum5 + w.momentum15 * x.momentum15 +
    w.momentum60 * x.momentum60 + w.momentum240 * x.momentum240;
  const f0 = w.intercept + terms.short + terms.hour + terms.day + terms.week + terms.season +
    terms.volume + terms.momentum;
  terms.bias = w.bias240 * s.bias240 + w.bias1440 * s.bias1440 + w.bias4320 * s.bias4320;
  const f = f0 + terms.bias;

  const spread240 = logSpread(s.spread240);
  const spread1440 = logSpread(s.spread1440);
  const spread4320 = logSpread(s.spread4320);
  const short = x.volatility5 - m.volatility60;
  const a0 = NativeMath.exp(
    w.scaleIntercept + w.scale240 * spread240 + w.scale1440 * spread1440 +
      w.scale4320 * spread4320 + w.shortChange * short + w.shortChangeSize * abs(short) +
      w.dayChangeSize * abs(x.volatility30 - x.volatility240),
  );
  const factor = s.errors > 0.0
    ? sqrt(min(max(s.squared / w.squaredMean, MIN_SCALE), MAX_SCALE))
    : 1.0;

  const made = ringSlot(h, s, minute);
  made.f0 = f0;
  made.f = f;
  made.a0 = a0;
  out.f0 = f0;
  out.f = f;
  out.a0 = a0;
  out.a = a0 * factor;
  out.bias240 = s.bias240;
  out.bias1440 = s.bias1440;
  out.bias4320 = s.bias4320;
  out.spread240 = spread240;
  out.spread1440 = spread1440;
  out.spread4320 = spread4320;
  out.squared = s.errors > 0.0 ? s.squared : NaN;
}

/** Writes the published quantiles of a forecast, basis points. */
export function writeQuantiles(h: Horizon, forecast: Forecast): void {
  const at = changetype<usize>(forecast) + offsetof<Forecast>();
  for (let i = 0; i < LEVEL_COUNT; i++) {
    const y = forecast.f + forecast.a * load<f64>(h.levels + (i << 3));
    store<f64>(at + (i << 3), max(0.0, NativeMath.exp(y) - TARGET_FLOOR));
  }
}
