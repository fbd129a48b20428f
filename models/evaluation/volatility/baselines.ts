import {
  type Horizon,
  logVolatility,
  runAverage,
  type VolatilityHistory,
} from "../../training/volatility/history.ts";
import { dot, leastSquares } from "../../training/volatility/least_squares.ts";
import { fitGarch, forecastGarch } from "./garch.ts";

/** Baselines that forecast y by a line through logs of variances. */
export const LINE_BASELINES = ["har", "ewma", "garch"] as const;
/** Name of such a baseline. */
export type LineBaseline = typeof LINE_BASELINES[number];

/** Windows of HAR-RV: 5 minutes, an hour, a day and a week (Corsi 2009). */
const HAR_WINDOWS = [5, 60, 1440, 10_080] as const;
/** Candidate half-lives of the EWMA, minutes. */
const HALF_LIVES = [10, 15, 30, 60] as const;

/** A fitted forecast of y: its value at each row of a history. */
export type LineForecast = (history: VolatilityHistory) => Float64Array;

/** The mean of the squared returns of the latest rows of the sequence, at most `window`. */
function rollingMean({ squares, have, count }: VolatilityHistory, window: number): Float64Array {
  const sums = new Float64Array(count + 1);
  for (let t = 0; t < count; t++) sums[t + 1] = (sums[t] ?? NaN) + (squares[t] ?? NaN);
  return squares.map((_, t) => {
    const length = Math.min(window, have[t] ?? 1);
    return Math.max(((sums[t + 1] ?? NaN) - (sums[t + 1 - length] ?? NaN)) / length, 0);
  });
}

/** A least-squares line through columns. */
interface Line {
  readonly coefficients: Float64Array;
  /** Sum of the squared errors of the training rows. */
  readonly error: number;
}

function writeColumns(columns: readonly Float64Array[]) {
  return (row: number, x: Float64Array) => {
    x[0] = 1;
    for (let i = 0; i < columns.length; i++) x[1 + i] = columns[i]?.[row] ?? NaN;
  };
}

function evaluateLine(columns: readonly Float64Array[], coefficients: Float64Array): Float64Array {
  const fill = writeColumns(columns);
  const x = new Float64Array(1 + columns.length);
  return new Float64Array(columns[0]?.length ?? 0).map((_, row) => {
    fill(row, x);
    return dot(coefficients, x);
  });
}

function fitLine(columns: readonly Float64Array[], rows: Int32Array, y: Float64Array): Line {
  const fill = writeColumns(columns);
  const width = 1 + columns.length;
  const coefficients = leastSquares({ rows, width, fill, target: y });
  const x = new Float64Array(width);
  let error = 0;
  for (const row of rows) {
    fill(row, x);
    error += ((y[row] ?? NaN) - dot(coefficients, x)) ** 2;
  }
  return { coefficients, error };
}

/** The regressors of HAR-RV, which two horizons and their tests share. */
const harRegressors = new WeakMap<VolatilityHistory, readonly Float64Array[]>();

function harColumns(history: VolatilityHistory): readonly Float64Array[] {
  const found = harRegressors.get(history) ??
    HAR_WINDOWS.map((window) => logVolatility(rollingMean(history, window)));
  harRegressors.set(history, found);
  return found;
}

/** Fits HAR-RV on logs: a line through the realized volatilities of four windows. */
export function fitHar(
  history: VolatilityHistory,
  horizon: Horizon,
  rows: Int32Array,
): LineForecast {
  const { coefficients } = fitLine(harColumns(history), rows, history.outcomes[horizon].y);
  return (other) => evaluateLine(harColumns(other), coefficients);
}

const ewmaColumn = ({ squares, have }: VolatilityHistory, halfLife: number) =>
  logVolatility(runAverage(squares, have, halfLife));

/** Fits the EWMA of the squared returns whose half-life has the least training error. */
export function fitEwma(history: VolatilityHistory, rows: Int32Array): LineForecast {
  const tries = HALF_LIVES.map((halfLife) => ({
    halfLife,
    ...fitLine([ewmaColumn(history, halfLife)], rows, history.outcomes[15].y),
  }));
  const best = tries.reduce((a, b) => (b.error < a.error ? b : a));
  return (other) => evaluateLine([ewmaColumn(other, best.halfLife)], best.coefficients);
}

/** Fits GARCH(1,1)-t. */
export function fitGarchLine(history: VolatilityHistory, rows: Int32Array): LineForecast {
  const garch = fitGarch(history, rows);
  const column = (other: VolatilityHistory) => logVolatility(forecastGarch(garch, other));
  const { coefficients } = fitLine([column(history)], rows, history.outcomes[15].y);
  return (other) => evaluateLine([column(other)], coefficients);
}
