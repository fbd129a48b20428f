import {
  computeForecastInputs,
  type ForecastBars,
  SEASON_COLUMNS,
  seasonColumns,
  FEATURE_NAMES,
} from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import { forecastBars, type Market } from "./markets.ts";
import { decay, logs } from "./numbers.ts";

/** Bars at a sequence's start that warm the model up; with the last of them it is ready. */
export const NEED = 4320;
/** Forecasts of a sequence's first bars are not scored. */
export const FIRST_SCORED = 1440;
/** Minutes ahead that are forecast. */
export const HORIZONS = [15, 60] as const;
/** A number of minutes ahead that is forecast. */
export type Horizon = typeof HORIZONS[number];

const INPUTS = FEATURE_NAMES.volatility.length;
const WEEK = FEATURE_NAMES.volatility.indexOf("week");
const WEEK_MINUTES = 7 * DAY_MINUTES;
const BASIS_POINTS = 1e4;
/** Keeps the log of no movement finite, basis points. */
const TARGET_FLOOR = 0.1;
/** Keeps the log of a variance of 0 finite. */
const VARIANCE_FLOOR = 1e-10;

/** What became of the next minutes; NaN unless there is a bar of each. */
export interface Outcome {
  /** Root of the sum of the squared one-minute log returns, basis points. */
  readonly volatility: Float64Array;
  /** ln(volatility + 0.1): what is forecast. */
  readonly y: Float64Array;
}

/** A market's rows in the history. */
export interface MarketRows {
  readonly symbol: string;
  readonly bars: ForecastBars;
  /** Its first row. */
  readonly first: number;
}

/** The history of one or more markets, prepared for the fit: a row for each bar. */
export interface VolatilityHistory {
  readonly markets: readonly MarketRows[];
  readonly count: number;
  /** Open times, ms UTC. */
  readonly times: Float64Array;
  /** The model's inputs, row after row. */
  readonly inputs: Float64Array;
  /** Log of the volatility of a half-life of 60 minutes. */
  readonly volatility60: Float64Array;
  /** Squared log returns. */
  readonly squares: Float64Array;
  /** Size of each return in units of the volatility before it. */
  readonly shock: Float64Array;
  /** Bars of the sequence so far, this one included. */
  readonly have: Int32Array;
  /** Bars without a hole so far, this one included. */
  readonly unbroken: Int32Array;
  /** The level of the week. */
  readonly week: Float64Array;
  /** The calendar's columns for each minute of the week. */
  readonly season: Float64Array;
  readonly outcomes: Readonly<Record<Horizon, Outcome>>;
}

/** Minute of the week of an open time: 0 is Monday 00:00 UTC. */
export function minuteOfWeek(time: number): number {
  return (time / MINUTE_MS + 3 * DAY_MINUTES) % WEEK_MINUTES;
}

/** Writes the calendar's first columns at a time to `x`, from `offset` on. */
export function writeSeason(
  season: Float64Array,
  time: number,
  x: Float64Array,
  offset: number,
  columns = SEASON_COLUMNS,
): void {
  const from = minuteOfWeek(time) * SEASON_COLUMNS;
  for (let i = 0; i < columns; i++) x[offset + i] = season[from + i] ?? NaN;
}

/**
 * Runs an average with a half-life over values, anew in each sequence: the n-th value has the weight
 * max(1 - 2^(-1/H), 1/n).
 *
 * @param have Values of the sequence so far, this one included.
 */
export function runAverage(
  values: Float64Array,
  have: Int32Array,
  halfLife: number,
): Float64Array {
  const least = decay(halfLife);
  const result = new Float64Array(values.length);
  let level = 0;
  for (let t = 0; t < values.length; t++) {
    const n = have[t] ?? 1;
    if (n === 1) level = 0;
    level += Math.max(least, 1 / n) * ((values[t] ?? NaN) - level);
    result[t] = level;
  }
  return result;
}

/** 1/2 ln(v + 1e-10) of variances: the log of a volatility. */
export function logVolatility(variances: Float64Array): Float64Array {
  return logs(variances.map((v) => v + VARIANCE_FLOOR)).map((x) => x / 2);
}

function measureOutcome(
  squares: Float64Array,
  unbroken: Int32Array,
  horizon: number,
): Outcome {
  const volatility = new Float64Array(squares.length).fill(NaN);
  for (let t = 0; t + horizon < squares.length; t++) {
    if ((unbroken[t + horizon] ?? 0) <= horizon) continue;
    let sum = 0;
    for (let i = t + 1; i <= t + horizon; i++) sum += squares[i] ?? NaN;
    volatility[t] = BASIS_POINTS * Math.sqrt(sum);
  }
  return { volatility, y: logs(volatility.map((v) => v + TARGET_FLOOR)) };
}

function countUnbroken(times: Float64Array, have: Int32Array): Int32Array {
  const unbroken = new Int32Array(times.length);
  for (let t = 0; t < times.length; t++) {
    const isNext = (times[t] ?? NaN) - (times[t - 1] ?? NaN) === MINUTE_MS && have[t] !== 1;
    unbroken[t] = isNext ? (unbroken[t - 1] ?? 0) + 1 : 1;
  }
  return unbroken;
}

/** Prepares the history of markets: everything that does not depend on a fit. */
export function prepareHistory(markets: readonly Market[]): VolatilityHistory {
  const wasm = loadCore();
  let count = 0;
  const rows = markets.map(({ symbol, runs }): MarketRows => {
    const bars = forecastBars(runs);
    const first = count;
    count += bars.times.length;
    return { symbol, bars, first };
  });
  const times = new Float64Array(count);
  const inputs = new Float64Array(count * INPUTS);
  const squares = new Float64Array(count);
  const shock = new Float64Array(count);
  const have = new Int32Array(count);
  for (const { bars, first } of rows) {
    const computed = computeForecastInputs(wasm, bars);
    times.set(bars.times, first);
    inputs.set(computed.inputs, first * INPUTS);
    squares.set(computed.r2, first);
    shock.set(computed.shock, first);
    have.set(computed.have, first);
  }
  const unbroken = countUnbroken(times, have);
  return {
    markets: rows,
    count,
    times,
    inputs,
    volatility60: logVolatility(runAverage(squares, have, 60)),
    squares,
    shock,
    have,
    unbroken,
    week: Float64Array.from({ length: count }, (_, t) => inputs[t * INPUTS + WEEK] ?? NaN),
    season: seasonColumns(wasm),
    outcomes: {
      15: measureOutcome(squares, unbroken, 15),
      60: measureOutcome(squares, unbroken, 60),
    },
  };
}

/** Rows that a condition holds for, ascending. */
export function selectRows(count: number, holds: (row: number) => boolean): Int32Array {
  const rows = new Int32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (holds(row)) rows[found++] = row;
  return rows.slice(0, found);
}

/** The values of rows. */
export function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i] ?? 0] ?? NaN;
  return picked;
}
