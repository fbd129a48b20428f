/**
 * The volatility model of one symbol, bar by bar: inputs, forecasts of both horizons, regimes of the
 * shorter one, shock. A minute without trades is a bar; a minute that no bar was given for is
 * missing. It changes no average and no label; forecasts that it is part of are never scored.
 */
import { allocate } from "../memory";
import { averaged, halfLifeWeight } from "./average";
import {
  addError,
  Forecast,
  FORECAST_BYTES,
  Horizon,
  HorizonState,
  horizonStateBytes,
  makeForecast,
  TERM_COUNT,
  Terms,
  writeQuantiles,
} from "./horizon";
import {
  allPresent,
  Inputs,
  INPUTS_STATE_BYTES,
  InputsState,
  Minute,
  skipInputs,
  stepInputs,
  sumSquares,
  survives,
} from "./inputs";
import { Change, clearRegime, LabelState, Regime, stepLabel } from "./label";
import { DAY_MINUTES, minuteOfWeek } from "./season";

/** Bars of a sequence whose forecasts are not scored. */
const UNSCORED: i32 = 1_440;
/** Half-life of the terms' averages, minutes. */
const WEIGHT_TERMS = halfLifeWeight(5_040.0);

/** Parameters of the model. */
@unmanaged
export class Volatility {
  /** Bars of a sequence before the model is ready. */
  need: i32;
  /** Addresses of the horizons, the shorter one first. */
  quarter: usize;
  hour: usize;
  /** Addresses of the regressions of a change. */
  changeAbsolute: usize;
  changeWeek: usize;
  /** Address of the `Rules`. */
  rules: usize;
}

/** Numbers of the model, as the host writes them. */
@unmanaged
class Rules {
  /** Borders of y less the level of the week. */
  weekLow: f64;
  weekHigh: f64;
  /** Least lead of another regime's probability. */
  margin: f64;
  /** Alarms a day that the shock threshold aims at. */
  alarms: f64;
  /** By how much an alarm raises the threshold's log. */
  step: f64;
  /** First threshold. */
  start: f64;
}

/** Numbers that the host writes. */
export const VOLATILITY_RULES: i32 = (offsetof<Rules>() >> 3) as i32;

/** Borders of y of one symbol; NaN without. */
@unmanaged
export class Borders {
  low: f64;
  high: f64;
}

/** State of one symbol; inputs, averages of the terms and horizons follow. Zeros are an empty one. */
@unmanaged
class VolatilityState {
  /** Bit k: whether the forecast made k minutes before the last minute may be scored. */
  scored: u64;
  /** Log of the shock threshold. */
  threshold: f64;
}

const ABSOLUTE: usize = offsetof<VolatilityState>();
const WEEK: usize = ABSOLUTE + offsetof<LabelState>();
const INPUTS: usize = WEEK + offsetof<LabelState>();
const AVERAGES: usize = INPUTS + INPUTS_STATE_BYTES;
const HORIZONS: usize = AVERAGES + offsetof<Terms>();

/** The output for a bar, all f64; regimes, forecasts, inputs and contributions follow. */
@unmanaged
export class Output {
  /** Bars of the sequence. */
  have: f64;
  /** 1 with absolute borders, else 0. */
  absolute: f64;
  /** Size of the return in units of the volatility before it. */
  shockScore: f64;
  /** 1 when it is above the threshold, else 0. */
  shock: f64;
}

const OUT_ABSOLUTE: usize = offsetof<Output>();
const OUT_WEEK: usize = OUT_ABSOLUTE + offsetof<Regime>();
const OUT_QUARTER: usize = OUT_WEEK + offsetof<Regime>();
const OUT_HOUR: usize = OUT_QUARTER + FORECAST_BYTES;
const OUT_INPUTS: usize = OUT_HOUR + FORECAST_BYTES;
const OUT_CONTRIBUTIONS: usize = OUT_INPUTS + offsetof<Inputs>();

/** Bytes of the output. */
export const OUTPUT_BYTES: usize = OUT_CONTRIBUTIONS + offsetof<Terms>();

// Layout of the output for the host, in f64.
export const VOLATILITY_HAVE: usize = offsetof<Output>("have") >> 3;
export const VOLATILITY_ABSOLUTE: usize = offsetof<Output>("absolute") >> 3;
export const VOLATILITY_SHOCK_SCORE: usize = offsetof<Output>("shockScore") >> 3;
export const VOLATILITY_SHOCK: usize = offsetof<Output>("shock") >> 3;
export const VOLATILITY_REGIME_ABSOLUTE: usize = OUT_ABSOLUTE >> 3;
export const VOLATILITY_REGIME_WEEK: usize = OUT_WEEK >> 3;
export const VOLATILITY_QUARTER: usize = OUT_QUARTER >> 3;
export const VOLATILITY_HOUR: usize = OUT_HOUR >> 3;
export const VOLATILITY_INPUTS: usize = OUT_INPUTS >> 3;
export const VOLATILITY_CONTRIBUTIONS: usize = OUT_CONTRIBUTIONS >> 3;
export const VOLATILITY_LENGTH: usize = OUTPUT_BYTES >> 3;
// Of a regime.
export const REGIME_STATE: usize = offsetof<Regime>("state") >> 3;
export const REGIME_MINUTES: usize = offsetof<Regime>("minutes") >> 3;
export const REGIME_PROBABILITIES: usize = offsetof<Regime>("calm") >> 3;
export const REGIME_CHANGE: usize = offsetof<Regime>("change") >> 3;
export const REGIME_LENGTH: usize = offsetof<Regime>() >> 3;
// Of a forecast.
export const FORECAST_F0: usize = offsetof<Forecast>("f0") >> 3;
export const FORECAST_F: usize = offsetof<Forecast>("f") >> 3;
export const FORECAST_A0: usize = offsetof<Forecast>("a0") >> 3;
export const FORECAST_A: usize = offsetof<Forecast>("a") >> 3;
export const FORECAST_BIAS: usize = offsetof<Forecast>("bias240") >> 3;
export const FORECAST_SPREAD: usize = offsetof<Forecast>("spread240") >> 3;
export const FORECAST_SQUARED: usize = offsetof<Forecast>("squared") >> 3;
export const FORECAST_QUANTILES: usize = offsetof<Forecast>() >> 3;

/** The terms of the longer horizon, which are not published. */
const hourTerms: usize = allocate(offsetof<Terms>());
const minuteOutput: usize = allocate(offsetof<Minute>());

/**
 * A volatility model without its numbers, of its parts' addresses. The host writes the numbers.
 *
 * @param need bars of a sequence before the model is ready
 * @returns its address; 0 when memory ran out
 */
export function newVolatility(
  need: i32,
  quarter: usize,
  hour: usize,
  changeAbsolute: usize,
  changeWeek: usize,
): usize {
  const address = allocate(offsetof<Volatility>());
  if (address == 0) return 0;
  const model = changetype<Volatility>(address);
  model.need = need;
  model.quarter = quarter;
  model.hour = hour;
  model.changeAbsolute = changeAbsolute;
  model.changeWeek = changeWeek;
  model.rules = allocate(offsetof<Rules>());
  return model.rules == 0 ? 0 : address;
}

/** Address of the `Rules`. */
export function volatilityRules(address: usize): usize {
  return changetype<Volatility>(address).rules;
}

function quarterOf(model: Volatility): Horizon {
  return changetype<Horizon>(model.quarter);
}

function hourOf(model: Volatility): Horizon {
  return changetype<Horizon>(model.hour);
}

/** Bytes of a symbol's state. */
export function volatilityStateBytes(address: usize): usize {
  const model = changetype<Volatility>(address);
  return HORIZONS + horizonStateBytes(quarterOf(model).minutes) +
    horizonStateBytes(hourOf(model).minutes);
}

/** Sets the minute since 1970 at which the first bar opens; a begun sequence keeps its own. */
export function beginVolatility(state: usize, minute: i64): void {
  const inputs = changetype<InputsState>(state + INPUTS);
  if (inputs.bars == 0) inputs.minute = minute;
}

/** The state of the inputs within a symbol's state. */
export function inputsOf(state: usize): InputsState {
  return changetype<InputsState>(state + INPUTS);
}

/** Lets missing minutes pass; a gap of more than a day ends the sequence. */
export function skipVolatility(address: usize, state: usize, minutes: i32): void {
  const inputs = changetype<InputsState>(state + INPUTS);
  const next = inputs.minute + (minutes as i64);
  if (survives(inputs, minutes)) {
    skipInputs(inputs, minutes);
    const s = changetype<VolatilityState>(state);
    s.scored = minutes < 64 ? s.scored << (minutes as u64) : 0;
  } else {
    memory.fill(state, 0, volatilityStateBytes(address));
    inputs.minute = next;
  }
}

/** Scores the return against a threshold that adapts to the number of alarms. */
function stepShock(rules: Rules, s: VolatilityState, bars: i32, out: Output): void {
  if (bars == 1) s.threshold = NativeMath.log(rules.start);
  const shock = bars > 1 && out.shockScore > NativeMath.exp(s.threshold) ? 1.0 : 0.0;
  s.threshold += rules.step * (shock - rules.alarms / (DAY_MINUTES as f64));
  out.shock = shock;
}

/** Scores the forecast that was for the last minutes, unless one of them or its own is missing. */
function stepErrors(
  h: Horizon,
  state: HorizonState,
  s: VolatilityState,
  inputs: InputsState,
  minute: i64,
): void {
  const made = (s.scored >> ((h.minutes - 1) as u64)) & 1;
  if (made == 0 || !allPresent(inputs, h.minutes)) return;
  addError(h, state, minute, sumSquares(inputs, minute + 1, h.minutes));
}

/** Replaces the terms by their distance from their running average; then they join it. */
function contribute(averages: usize, bars: i32, terms: usize): void {
  const share = 1.0 / (bars as f64);
  for (let i = 0; i < TERM_COUNT; i++) {
    const at: usize = i << 3;
    const term = load<f64>(terms + at);
    const average = load<f64>(averages + at);
    store<f64>(terms + at, bars > 1 ? term - average : 0.0);
    store<f64>(averages + at, averaged(average, term, WEIGHT_TERMS, share));
  }
}

/**
 * Adds a bar to a symbol's state.
 *
 * @param address address of the model
 * @param borders address of the symbol's absolute borders
 * @param output address of the `Output`
 */
export function stepVolatility(
  address: usize,
  state: usize,
  borders: usize,
  open: f64,
  close: f64,
  volume: f64,
  output: usize,
): void {
  const model = changetype<Volatility>(address);
  const s = changetype<VolatilityState>(state);
  const inputs = changetype<InputsState>(state + INPUTS);
  const out = changetype<Output>(output);
  const x = changetype<Inputs>(output + OUT_INPUTS);
  const m = changetype<Minute>(minuteOutput);
  const minute = inputs.minute;
  const elapsed = 1 + inputs.missing;
  stepInputs(inputs, open, close, volume, x, m);
  const bars = inputs.bars;
  out.have = bars as f64;
  out.shockScore = m.shock;
  stepShock(changetype<Rules>(model.rules), s, bars, out);

  const quarter = quarterOf(model);
  const hour = hourOf(model);
  const quarterState = changetype<HorizonState>(state + HORIZONS);
  const hourState = changetype<HorizonState>(
    state + HORIZONS + horizonStateBytes(quarter.minutes),
  );
  stepErrors(quarter, quarterState, s, inputs, minute);
  stepErrors(hour, hourState, s, inputs, minute);
  s.scored = (s.scored << 1) | (bars > UNSCORED ? 1 : 0);

  const season = minuteOfWeek(minute);
  const terms = output + OUT_CONTRIBUTIONS;
  const forecast = changetype<Forecast>(output + OUT_QUARTER);
  const later = changetype<Forecast>(output + OUT_HOUR);
  makeForecast(quarter, quarterState, minute, season, x, m, changetype<Terms>(terms), forecast);
  makeForecast(hour, hourState, minute, season, x, m, changetype<Terms>(hourTerms), later);
  contribute(state + AVERAGES, bars, terms);
  writeQuantiles(quarter, forecast);
  writeQuantiles(hour, later);
  stepRegimes(model, state, borders, output, elapsed, season % DAY_MINUTES);
}

/** Names the regimes, once the model is ready. */
function stepRegimes(
  model: Volatility,
  state: usize,
  borders: usize,
  output: usize,
  elapsed: i32,
  minuteOfDay: i32,
): void {
  const out = changetype<Output>(output);
  const absolute = changetype<Regime>(output + OUT_ABSOLUTE);
  const week = changetype<Regime>(output + OUT_WEEK);
  const b = changetype<Borders>(borders);
  // A symbol without borders of its own has NaN, which does not equal itself.
  const hasBorders = b.low == b.low;
  out.absolute = hasBorders ? 1.0 : 0.0;
  clearRegime(absolute);
  clearRegime(week);
  if (out.have < (model.need as f64)) return;
  const h = quarterOf(model);
  const x = changetype<Inputs>(output + OUT_INPUTS);
  const forecast = changetype<Forecast>(output + OUT_QUARTER);
  const shape = x.volatility5 - x.volatility30;
  const level = x.week;
  const rules = changetype<Rules>(model.rules);
  stepLabel(
    h,
    changetype<Change>(model.changeWeek),
    changetype<LabelState>(state + WEEK),
    forecast.f,
    forecast.a,
    rules.weekLow + level,
    rules.weekHigh + level,
    rules.margin,
    elapsed,
    shape,
    minuteOfDay,
    week,
  );
  if (!hasBorders) return;
  stepLabel(
    h,
    changetype<Change>(model.changeAbsolute),
    changetype<LabelState>(state + ABSOLUTE),
    forecast.f,
    forecast.a,
    b.low,
    b.high,
    rules.margin,
    elapsed,
    shape,
    minuteOfDay,
    absolute,
  );
}
