import { FEATURE_NAMES, quantile } from "../../../core-wasm/core.ts";
import { FIRST_SCORED, type Horizon, mapRows, pick, type VolatilityHistory } from "./history.ts";
import { leastSquares } from "./least_squares.ts";
import { decay, exps, logs } from "./numbers.ts";

/** Half-lives of the averages of the errors, minutes. */
const HALF_LIVES = [240, 1440, 4320] as const;
const AVERAGES = HALF_LIVES.length;
/** Added to |error| before its log is regressed on. */
const ERROR_OFFSET = 0.02;
/** Keeps the log of an averaged squared error finite. */
const SQUARE_FLOOR = 1e-3;
/** Bound of a squared error in units of a0^2. */
const MAX_SQUARED_RATIO = 65;
/** Bounds of the squared factor between a0 and a. */
const CLIP = [0.25, 4] as const;
/** Equally spaced levels of the distribution of Z. */
export const LEVELS = 2001;
/** Digits after the point that quantiles of Z are rounded to. */
const DIGITS = 1e6;
/** Regressors of ln a0. */
const SCALE_WIDTH = 1 + AVERAGES + 3;

const INPUTS = FEATURE_NAMES.volatility.length;
const X5 = FEATURE_NAMES.volatility.indexOf("volatility_5");
const X30 = FEATURE_NAMES.volatility.indexOf("volatility_30");
const X240 = FEATURE_NAMES.volatility.indexOf("volatility_240");

/** What makes a distribution of y from a forecast f0 that does not know its own errors. */
export interface Adaptive {
  /** Coefficients of the averages of y - f0. */
  readonly bias: Float64Array;
  /** Coefficients of ln a0: constant, averages of the squared errors, changes of volatility. */
  readonly scale: Float64Array;
  readonly squaredMean: number;
  /** Quantiles of Z = (y - f) / a, ascending. */
  readonly quantiles: Float64Array;
}

/** The distribution of y at each row: y ~ f + a Z. */
export interface Distribution {
  readonly f: Float64Array;
  readonly a: Float64Array;
}

/**
 * Averages of errors as they are known at each row: that of the forecast made h minutes before, for
 * each of the half-lives. The n-th error of a sequence has the weight max(1 - 2^(-1/H), 1/n). The
 * first {@link FIRST_SCORED} forecasts of a sequence have no error.
 *
 * @param error Error of the forecast made at a row; it is asked only where it is known.
 * @param none The average before the first error.
 * @returns Row after row.
 */
function averageErrors(
  { have, unbroken, count }: VolatilityHistory,
  horizon: number,
  halfLives: readonly number[],
  error: (row: number) => number,
  none = 0,
): Float64Array {
  const least = halfLives.map(decay);
  const width = halfLives.length;
  const levels = new Float64Array(width);
  const result = new Float64Array(count * width);
  let n = 0;
  for (let row = 0; row < count; row++) {
    if (have[row] === 1) {
      levels.fill(0);
      n = 0;
    }
    const made = row - horizon;
    if ((unbroken[row] ?? 0) > horizon && (have[made] ?? 0) > FIRST_SCORED) {
      const value = error(made);
      n++;
      for (let i = 0; i < width; i++) {
        const level = levels[i] ?? NaN;
        levels[i] = level + Math.max(least[i] ?? NaN, 1 / n) * (value - level);
      }
    }
    for (let i = 0; i < width; i++) result[row * width + i] = n > 0 ? levels[i] ?? NaN : none;
  }
  return result;
}

/** The averages of y - f0, and f of given coefficients. */
function applyBias(f0: Float64Array, averages: Float64Array, bias: Float64Array): Float64Array {
  return f0.map((value, row) => {
    for (let i = 0; i < AVERAGES; i++) {
      value += (bias[i] ?? NaN) * (averages[row * AVERAGES + i] ?? NaN);
    }
    return value;
  });
}

function laggedErrors(history: VolatilityHistory, horizon: Horizon, f0: Float64Array) {
  const { y } = history.outcomes[horizon];
  const error = (row: number) => (y[row] ?? NaN) - (f0[row] ?? NaN);
  return averageErrors(history, horizon, HALF_LIVES, error);
}

/** Writes the regressors of ln a0 at a row. */
function scaleDesign(
  history: VolatilityHistory,
  horizon: Horizon,
  f: Float64Array,
): (row: number, x: Float64Array) => void {
  const { y } = history.outcomes[horizon];
  const { inputs, volatility60 } = history;
  const spread = logs(
    averageErrors(history, horizon, HALF_LIVES, (row) => {
      const error = (y[row] ?? NaN) - (f[row] ?? NaN);
      return error * error;
    }).map((square) => square + SQUARE_FLOOR),
  );
  return (row, x) => {
    const from = row * INPUTS;
    const short = (inputs[from + X5] ?? NaN) - (volatility60[row] ?? NaN);
    x[0] = 1;
    for (let i = 0; i < AVERAGES; i++) x[1 + i] = (spread[row * AVERAGES + i] ?? NaN) / 2;
    x[1 + AVERAGES] = short;
    x[2 + AVERAGES] = Math.abs(short);
    x[3 + AVERAGES] = Math.abs((inputs[from + X30] ?? NaN) - (inputs[from + X240] ?? NaN));
  };
}

function evaluateScale(
  count: number,
  fill: (row: number, x: Float64Array) => void,
  scale: Float64Array,
): Float64Array {
  const x = new Float64Array(SCALE_WIDTH);
  const log = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    fill(row, x);
    let sum = 0;
    for (let i = 0; i < SCALE_WIDTH; i++) sum += (scale[i] ?? NaN) * (x[i] ?? NaN);
    log[row] = sum;
  }
  return exps(log);
}

/** The bounded squared errors in units of a0^2. */
function squaredRatio(y: Float64Array, f: Float64Array, a0: Float64Array) {
  return (row: number) => {
    const ratio = ((y[row] ?? NaN) - (f[row] ?? NaN)) / (a0[row] ?? NaN);
    return Math.min(ratio * ratio, MAX_SQUARED_RATIO);
  };
}

/** a of each row: a0 and its factor, which follows the latest errors. */
function adaptScale(
  history: VolatilityHistory,
  horizon: Horizon,
  a0: Float64Array,
  ratio: (row: number) => number,
  squaredMean: number,
): Float64Array {
  const squares = averageErrors(history, horizon, [4320], ratio, squaredMean);
  const [low, high] = CLIP;
  return a0.map((value, row) => {
    const factor = Math.min(Math.max((squares[row] ?? NaN) / squaredMean, low), high);
    return value * Math.sqrt(factor);
  });
}

/** A fitted layer, and the distributions that it gives in the history of the fit. */
export interface AdaptiveFit extends Distribution {
  readonly adaptive: Adaptive;
}

/**
 * Fits the layer that follows a forecast's own errors: bias, spread and the distribution of what is
 * left.
 *
 * @param f0 The forecast at each row.
 * @param rows Training rows with a known outcome.
 * @param scored Rows whose errors give the mean squared error.
 */
export function fitAdaptive(
  history: VolatilityHistory,
  horizon: Horizon,
  f0: Float64Array,
  rows: Int32Array,
  scored: Int32Array,
): AdaptiveFit {
  const { y } = history.outcomes[horizon];
  const averages = laggedErrors(history, horizon, f0);
  const bias = leastSquares({
    rows,
    width: AVERAGES,
    fill: (row, x) => {
      for (let i = 0; i < AVERAGES; i++) x[i] = averages[row * AVERAGES + i] ?? NaN;
    },
    target: y.map((value, row) => value - (f0[row] ?? NaN)),
  });
  const f = applyBias(f0, averages, bias);
  const fill = scaleDesign(history, horizon, f);
  const scale = leastSquares({
    rows,
    width: SCALE_WIDTH,
    fill,
    target: logs(y.map((value, row) => Math.abs(value - (f[row] ?? NaN)) + ERROR_OFFSET)),
  });
  const a0 = evaluateScale(history.count, fill, scale);
  const ratio = squaredRatio(y, f, a0);
  const squaredMean = scored.reduce((sum, row) => sum + ratio(row), 0) / scored.length;
  const a = adaptScale(history, horizon, a0, ratio, squaredMean);
  const z = mapRows(rows, (row) => ((y[row] ?? NaN) - (f[row] ?? NaN)) / (a[row] ?? NaN)).sort();
  const quantiles = Float64Array.from(
    { length: LEVELS },
    (_, i) => Math.round(quantile(z, i / (LEVELS - 1)) * DIGITS) / DIGITS,
  );
  return { adaptive: { bias, scale, squaredMean, quantiles }, f, a };
}

/** Runs a fitted layer over a history. */
export function runAdaptive(
  history: VolatilityHistory,
  horizon: Horizon,
  f0: Float64Array,
  { bias, scale, squaredMean }: Adaptive,
): Distribution {
  const { y } = history.outcomes[horizon];
  const f = applyBias(f0, laggedErrors(history, horizon, f0), bias);
  const a0 = evaluateScale(history.count, scaleDesign(history, horizon, f), scale);
  const ratio = squaredRatio(y, f, a0);
  return { f, a: adaptScale(history, horizon, a0, ratio, squaredMean) };
}

/** Two borders between the terciles of the values of rows. */
export function terciles(values: Float64Array, rows: Int32Array): [number, number] {
  const sorted = pick(values, rows).sort();
  return [quantile(sorted, 1 / 3), quantile(sorted, 2 / 3)];
}
