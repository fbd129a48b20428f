import {
  type CoreCoefficients,
  FEATURE_NAMES,
  SEASON_COLUMNS,
  WEEK_MINUTES,
} from "../../../core-wasm/core.ts";
import { minuteOfWeek, type VolatilityHistory, writeSeason } from "./history.ts";
import { dot, solveRidge } from "./least_squares.ts";

/** Inputs before the calendar's columns: the rest comes after them. */
const BEFORE_SEASON = FEATURE_NAMES.volatility.indexOf("week") + 1;
const INPUTS = FEATURE_NAMES.volatility.length;

/** Regressors of f0: the constant, the inputs and the calendar. */
const DESIGN_WIDTH = 1 + INPUTS + SEASON_COLUMNS;

/** Writes the regressors of f0 at a row, in the order of the coefficients of an artifact. */
function fillDesign(history: VolatilityHistory): (row: number, x: Float64Array) => void {
  const { inputs, season, times } = history;
  return (row, x) => {
    const from = row * INPUTS;
    x[0] = 1;
    for (let i = 0; i < BEFORE_SEASON; i++) x[1 + i] = inputs[from + i] ?? NaN;
    writeSeason(season, times[row] ?? NaN, x, 1 + BEFORE_SEASON);
    for (let i = BEFORE_SEASON; i < INPUTS; i++) {
      x[1 + SEASON_COLUMNS + i] = inputs[from + i] ?? NaN;
    }
  };
}

/** Regressors of f0 but the calendar's. */
const PLAIN = 1 + INPUTS;
/** Place of a plain regressor among all. */
const placeOf = (i: number) => i <= BEFORE_SEASON ? i : i + SEASON_COLUMNS;

/** Sums over rows, of which those with the calendar are kept by minute of the week. */
interface DesignSums {
  /** Products of the plain regressors, lower triangle. */
  readonly products: Float64Array;
  /** Plain regressors, then y, of each minute of the week. */
  readonly byMinute: Float64Array;
  /** Plain regressors times y. */
  readonly moments: Float64Array;
}

function sumDesign(
  { inputs, times }: VolatilityHistory,
  rows: Int32Array,
  target: Float64Array,
): DesignSums {
  const products = new Float64Array(PLAIN * PLAIN);
  const byMinute = new Float64Array(WEEK_MINUTES * (PLAIN + 1));
  const moments = new Float64Array(PLAIN);
  const x = new Float64Array(PLAIN + 1).fill(1);
  for (const row of rows) {
    for (let i = 0; i < INPUTS; i++) x[1 + i] = inputs[row * INPUTS + i] ?? NaN;
    const y = target[row] ?? NaN;
    x[PLAIN] = y;
    const at = minuteOfWeek(times[row] ?? NaN) * (PLAIN + 1);
    for (let i = 0; i <= PLAIN; i++) byMinute[at + i] = (byMinute[at + i] ?? NaN) + (x[i] ?? NaN);
    for (let i = 0; i < PLAIN; i++) {
      const value = x[i] ?? NaN;
      moments[i] = (moments[i] ?? NaN) + value * y;
      const from = i * PLAIN;
      for (let j = 0; j <= i; j++) {
        products[from + j] = (products[from + j] ?? NaN) + value * (x[j] ?? NaN);
      }
    }
  }
  return { products, byMinute, moments };
}

/**
 * Least squares of f0. The calendar's columns depend on the minute of the week alone, so that the
 * sums with them are made of sums over each of these minutes: a sixth of the work.
 *
 * @param rows Training rows.
 * @param target y of each row of the history.
 * @returns The coefficients, in the order of an artifact.
 * @throws RangeError when the rows do not determine them.
 */
export function fitDesign(
  history: VolatilityHistory,
  rows: Int32Array,
  target: Float64Array,
): Float64Array {
  const { products, byMinute, moments: plain } = sumDesign(history, rows, target);
  const normal = new Float64Array(DESIGN_WIDTH * DESIGN_WIDTH);
  const moments = new Float64Array(DESIGN_WIDTH);
  const add = (i: number, j: number, value: number) => {
    const at = Math.max(i, j) * DESIGN_WIDTH + Math.min(i, j);
    normal[at] = (normal[at] ?? NaN) + value;
  };
  for (let i = 0; i < PLAIN; i++) {
    moments[placeOf(i)] = plain[i] ?? NaN;
    for (let j = 0; j <= i; j++) add(placeOf(i), placeOf(j), products[i * PLAIN + j] ?? NaN);
  }
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    const at = minute * (PLAIN + 1);
    const count = byMinute[at] ?? 0;
    if (count === 0) continue;
    const columns = history.season.subarray(
      minute * SEASON_COLUMNS,
      (minute + 1) * SEASON_COLUMNS,
    );
    for (let k = 0; k < SEASON_COLUMNS; k++) {
      const value = columns[k] ?? NaN;
      if (value === 0) continue;
      const place = 1 + BEFORE_SEASON + k;
      moments[place] = (moments[place] ?? NaN) + value * (byMinute[at + PLAIN] ?? NaN);
      for (let i = 0; i < PLAIN; i++) add(place, placeOf(i), value * (byMinute[at + i] ?? NaN));
      for (let l = 0; l <= k; l++) {
        add(place, 1 + BEFORE_SEASON + l, count * value * (columns[l] ?? NaN));
      }
    }
  }
  return solveRidge(normal, moments, rows.length);
}

/** f0 of all rows. */
export function evaluateDesign(
  history: VolatilityHistory,
  coefficients: Float64Array,
): Float64Array {
  const fill = fillDesign(history);
  const x = new Float64Array(DESIGN_WIDTH);
  const f0 = new Float64Array(history.count);
  for (let row = 0; row < f0.length; row++) {
    fill(row, x);
    f0[row] = dot(coefficients, x);
  }
  return f0;
}

/** Something of each input, by its name. */
export function mapInputs<T>(
  of: (index: number) => T,
): Record<typeof FEATURE_NAMES.volatility[number], T> {
  const input = (name: typeof FEATURE_NAMES.volatility[number]) =>
    of(FEATURE_NAMES.volatility.indexOf(name));
  return {
    volatility_5: input("volatility_5"),
    volatility_30: input("volatility_30"),
    volatility_240: input("volatility_240"),
    volatility_1440: input("volatility_1440"),
    week: input("week"),
    volume_5: input("volume_5"),
    volume_60: input("volume_60"),
    leverage_5: input("leverage_5"),
    leverage_15: input("leverage_15"),
    leverage_60: input("leverage_60"),
    leverage_240: input("leverage_240"),
    momentum_5: input("momentum_5"),
    momentum_15: input("momentum_15"),
    momentum_60: input("momentum_60"),
    momentum_240: input("momentum_240"),
  };
}

/** Names the coefficients of {@link fitDesign}. */
export function nameCoefficients(values: Float64Array): CoreCoefficients {
  const season = 1 + BEFORE_SEASON;
  return {
    intercept: values[0] ?? NaN,
    ...mapInputs((i) => values[placeOf(1 + i)] ?? NaN),
    season: [...values.subarray(season, season + SEASON_COLUMNS)],
  };
}
