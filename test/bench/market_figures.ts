import { MINUTE_MS } from "../../data/schema/time.ts";

/** One-minute bars of a market without holes. */
export interface MeasuredBars {
  /** First open time, ms UTC. */
  readonly start: number;
  readonly close: Float64Array;
}

/** What returns and volatility of a market are like, see {@linkcode measureMarket}. */
export type MarketFigures = Readonly<Record<FigureName, number>>;

/** Lags of the absolute returns, minutes. */
const RETURN_LAGS = [1, 15, 60, 240, 1440] as const;
/** Lags of the hourly volatility, hours. */
const HOUR_LAGS = [1, 4, 24, 48, 168] as const;

/** Name of a figure. */
export type FigureName =
  | `acf of |r|, ${(typeof RETURN_LAGS)[number]} min`
  | "deviation of log hourly RV"
  | `acf of log hourly RV, ${(typeof HOUR_LAGS)[number]} h`
  | "kurtosis of r"
  | "kurtosis of r over its EWMA";

/** Half-life of the average by which returns are standardized, minutes. */
const EWMA_HALF_LIFE = 30;
/** A squared return below the smallest that a price makes. */
const FLOOR = 1e-10;
/** A series is at least this many times longer than a lag whose correlation is measured. */
const LEAST_LAGS = 2;

const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;

function moment(values: Float64Array, power: number): number {
  const centre = mean(values);
  return mean(values.map((x) => (x - centre) ** power));
}

function kurtosis(values: Float64Array): number {
  return moment(values, 4) / moment(values, 2) ** 2;
}

/** Correlation of the values with those of `lag` later; NaN where the series is short. */
function autocorrelation(values: Float64Array, lag: number): number {
  if (values.length < LEAST_LAGS * lag) return NaN;
  const [early, late] = [values.subarray(0, -lag), values.subarray(lag)];
  const [x, y] = [mean(early), mean(late)];
  let [product, squareX, squareY] = [0, 0, 0];
  for (let i = 0; i < early.length; i++) {
    const [a, b] = [(early[i] ?? NaN) - x, (late[i] ?? NaN) - y];
    product += a * b;
    squareX += a * a;
    squareY += b * b;
  }
  return product / Math.sqrt(squareX * squareY);
}

/** Log of the realized volatility of each whole hour of the clock in which the price moved. */
function logHours(returns: Float64Array, start: number): Float64Array {
  const skipped = (60 - start / MINUTE_MS % 60) % 60;
  const logs: number[] = [];
  for (let first = skipped; first + 60 <= returns.length; first += 60) {
    const square = returns.subarray(first, first + 60).reduce((sum, r) => sum + r * r, 0);
    if (square > 0) logs.push(0.5 * Math.log(square));
  }
  return Float64Array.from(logs);
}

/** Returns over the root of the average of the squares before them. */
function standardize(returns: Float64Array): Float64Array {
  const least = 1 - 2 ** (-1 / EWMA_HALF_LIFE);
  const standardized = new Float64Array(returns.length);
  let average = 0;
  for (const [i, r] of returns.entries()) {
    standardized[i] = r / Math.sqrt(average + FLOOR);
    average += Math.max(least, 1 / (i + 1)) * (r * r - average);
  }
  return standardized.subarray(EWMA_HALF_LIFE);
}

/**
 * Measures the returns of a market: the autocorrelation of their size, the log of each hour's
 * realized volatility (RV: the root of the sum of squares) with its autocorrelation, and their
 * tails, as they are and over their exponentially weighted average (EWMA) of 30 minutes.
 */
export function measureMarket({ start, close }: MeasuredBars): MarketFigures {
  const returns = close.subarray(1).map((price, i) => Math.log(price / (close[i] ?? NaN)));
  const sizes = returns.map(Math.abs);
  const hours = logHours(returns, start + MINUTE_MS);
  const ofSizes = (lag: number) => autocorrelation(sizes, lag);
  const ofHours = (lag: number) => autocorrelation(hours, lag);
  return {
    "acf of |r|, 1 min": ofSizes(1),
    "acf of |r|, 15 min": ofSizes(15),
    "acf of |r|, 60 min": ofSizes(60),
    "acf of |r|, 240 min": ofSizes(240),
    "acf of |r|, 1440 min": ofSizes(1440),
    "deviation of log hourly RV": Math.sqrt(moment(hours, 2)),
    "acf of log hourly RV, 1 h": ofHours(1),
    "acf of log hourly RV, 4 h": ofHours(4),
    "acf of log hourly RV, 24 h": ofHours(24),
    "acf of log hourly RV, 48 h": ofHours(48),
    "acf of log hourly RV, 168 h": ofHours(168),
    "kurtosis of r": kurtosis(returns),
    "kurtosis of r over its EWMA": kurtosis(standardize(returns)),
  };
}

/** Median and ends of a figure over several stretches; stretches too short for it are left out. */
export interface FigureRange {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

/** Range of each figure over several stretches of a market, at least one. */
export function rangesOf(
  stretches: readonly MarketFigures[],
): ReadonlyMap<string, FigureRange> {
  const names = Object.keys(stretches[0] ?? {});
  return new Map(names.map((name) => {
    const values = stretches.flatMap((figures) =>
      Object.entries(figures).flatMap(([of, value]) =>
        of === name && !Number.isNaN(value) ? [value] : []
      )
    ).sort((a, b) => a - b);
    const middle = (values.length - 1) / 2;
    const median = ((values[Math.floor(middle)] ?? NaN) + (values[Math.ceil(middle)] ?? NaN)) / 2;
    return [name, { low: values[0] ?? NaN, median, high: values.at(-1) ?? NaN }];
  }));
}
