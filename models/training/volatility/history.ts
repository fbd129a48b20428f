import {
  computeForecastInputs,
  FEATURE_NAMES,
  type ForecastBars,
  SEASON_COLUMNS,
  seasonColumns,
} from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import { type SmoothedRange, smoothRange } from "../../evaluation/smoothed_range.ts";
import { joinBars } from "../sequences.ts";
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
  /** Smoothed range of each bar, the quantity of the plain thresholds. */
  readonly range: SmoothedRange;
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

/** Rows of each sequence. */
export function sequenceLengths(have: Int32Array): readonly number[] {
  const lengths: number[] = [];
  for (let t = 0; t < have.length; t++) {
    if (have[t + 1] !== (have[t] ?? 0) + 1) lengths.push(have[t] ?? 0);
  }
  return lengths;
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
  const range = smoothRange(
    joinBars(markets.flatMap(({ runs }) => runs)),
    sequenceLengths(have),
  );
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
    week: squares.map((_, t) => inputs[t * INPUTS + WEEK] ?? NaN),
    season: seasonColumns(wasm),
    outcomes: {
      15: measureOutcome(squares, unbroken, 15),
      60: measureOutcome(squares, unbroken, 60),
    },
    range,
  };
}

/**
 * The sequences of a history that overlap a period, each up to the period's end: all that a fit and a
 * test within the period can see.
 *
 * @param from Open time, ms UTC.
 * @param to Open time, ms UTC, exclusive.
 */
export function cutHistory(
  history: VolatilityHistory,
  from: number,
  to: number,
): VolatilityHistory {
  const { times, have, markets } = history;
  const rangesOf = ({ first, bars }: MarketRows) => {
    const ranges: (readonly [from: number, to: number])[] = [];
    const end = first + bars.times.length;
    for (let row = first; row < end;) {
      let next = row + 1;
      while (next < end && have[next] !== 1) next++;
      let last = next;
      while (last > row && (times[last - 1] ?? NaN) >= to) last--;
      if (last > row && (times[last - 1] ?? NaN) >= from) ranges.push([row, last]);
      row = next;
    }
    return ranges;
  };
  const parts = markets.map((market) => ({ market, ranges: rangesOf(market) }));
  const ranges = parts.flatMap((part) => part.ranges);
  const count = ranges.reduce((sum, [a, b]) => sum + b - a, 0);
  const copy = <T extends Float64Array | Int32Array>(
    values: T,
    target: T,
    width = 1,
    rows = ranges,
    origin = 0,
  ): T => {
    let at = 0;
    for (const [a, b] of rows) {
      target.set(values.subarray((a - origin) * width, (b - origin) * width), at);
      at += (b - a) * width;
    }
    return target;
  };
  const floats = (values: Float64Array, width = 1) =>
    copy(values, new Float64Array(count * width), width);
  const integers = (values: Int32Array) => copy(values, new Int32Array(count));
  const outcome = ({ volatility, y }: Outcome) => ({
    volatility: floats(volatility),
    y: floats(y),
  });
  let row = 0;
  return {
    markets: parts.map(({ market: { symbol, bars, first }, ranges: own }) => {
      const length = own.reduce((sum, [a, b]) => sum + b - a, 0);
      const column = (values: Float64Array) =>
        copy(values, new Float64Array(length), 1, own, first);
      const start = row;
      row += length;
      return {
        symbol,
        bars: {
          times: column(bars.times),
          open: column(bars.open),
          close: column(bars.close),
          volume: column(bars.volume),
        },
        first: start,
      };
    }),
    count,
    times: floats(times),
    inputs: floats(history.inputs, INPUTS),
    volatility60: floats(history.volatility60),
    squares: floats(history.squares),
    shock: floats(history.shock),
    have: integers(have),
    unbroken: integers(history.unbroken),
    week: floats(history.week),
    season: history.season,
    outcomes: { 15: outcome(history.outcomes[15]), 60: outcome(history.outcomes[60]) },
    range: {
      plain: floats(history.range.plain),
      standardized: floats(history.range.standardized),
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

/** Something of each row. `Float64Array.from` takes ten times as long. */
export function mapRows(rows: Int32Array, of: (row: number) => number): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = of(rows[i] ?? 0);
  return values;
}

/** The classes or states of rows. */
export function pickBytes(values: Uint8Array, rows: Int32Array): Uint8Array {
  const picked = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i] ?? 0] ?? 0;
  return picked;
}

/** The values of rows. */
export function pick(values: Float64Array, rows: Int32Array): Float64Array {
  const picked = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) picked[i] = values[rows[i] ?? 0] ?? NaN;
  return picked;
}
