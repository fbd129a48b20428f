import { pick, type VolatilityHistory } from "../../training/volatility/history.ts";
import { logs } from "../../training/volatility/numbers.ts";
import { nelderMead } from "./nelder_mead.ts";

/** Minutes whose variance is summed. */
const MINUTES = 15;
/** Most evaluations of the likelihood. */
const EVALUATIONS = 240;
/** Products of likelihood terms are turned into logs beyond these, far from overflow. */
const [SMALLEST, LARGEST] = [1e-200, 1e200];
/** Keeps a variance positive. */
const MIN_VARIANCE = 1e-12;

/** A GARCH(1,1) of zero mean with Student's t (Bollerslev 1987). */
export interface Garch {
  /** Variance without conditions, of one minute. */
  readonly variance: number;
  /** Weight of the last squared return. */
  readonly alpha: number;
  /** Weight of the last variance. */
  readonly beta: number;
  /** Degrees of freedom, above 2. */
  readonly degrees: number;
}

/** A sum of weighted logs, of which few are taken, at once: values are multiplied first. */
class LogSum {
  readonly #values: number[] = [];
  readonly #weights: number[] = [];

  add(weight: number, value: number): void {
    this.#weights.push(weight);
    this.#values.push(value);
  }

  /** Adds the logs of many values. */
  addAll(weight: number, values: Float64Array): void {
    let product = 1;
    for (let t = 0; t < values.length; t++) {
      product *= values[t] ?? NaN;
      if (product > SMALLEST && product < LARGEST) continue;
      this.add(weight, product);
      product = 1;
    }
    this.add(weight, product);
  }

  /**
   * Adds ln of the gamma function by Stirling's series.
   *
   * @returns The part of it that is no log.
   */
  addGamma(weight: number, argument: number): number {
    let x = argument;
    let product = 1;
    while (x < 10) product *= x++;
    this.add(-weight, product);
    this.add(weight * (x - 0.5), x);
    this.add(weight / 2, 2 * Math.PI);
    const inverse = 1 / x;
    const square = inverse * inverse;
    const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)));
    return weight * (series - x);
  }

  total(): number {
    return logs(Float64Array.from(this.#values))
      .reduce((sum, x, i) => sum + (this.#weights[i] ?? NaN) * x, 0);
  }
}

/**
 * Log-likelihood of returns, nats.
 *
 * @param squares Squared returns, those of a run one after the other.
 * @param starts 1 at the first of each run, where the variance is the one without conditions.
 */
export function logLikelihood(
  { variance, alpha, beta, degrees }: Garch,
  squares: Float64Array,
  starts: Uint8Array,
): number {
  const base = variance * (1 - alpha - beta);
  const variances = new Float64Array(squares.length);
  const tails = new Float64Array(squares.length);
  let level = variance;
  for (let t = 0; t < squares.length; t++) {
    if (starts[t] === 1) level = variance;
    const square = squares[t] ?? NaN;
    variances[t] = level;
    tails[t] = 1 + square / ((degrees - 2) * level);
    level = Math.max(base + alpha * square + beta * level, MIN_VARIANCE);
  }
  const sum = new LogSum();
  sum.addAll(-0.5, variances);
  sum.addAll(-(degrees + 1) / 2, tails);
  const count = squares.length;
  const rest = sum.addGamma(count, (degrees + 1) / 2) + sum.addGamma(-count, degrees / 2);
  sum.add(-count / 2, Math.PI * (degrees - 2));
  return rest + sum.total();
}

/**
 * Fits a GARCH(1,1)-t by maximum likelihood.
 *
 * @param rows Training rows, ascending.
 */
export function fitGarch({ squares }: VolatilityHistory, rows: Int32Array): Garch {
  const values = pick(squares, rows);
  const starts = Uint8Array.from(rows, (row, i) => (rows[i - 1] === row - 1 ? 0 : 1));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  if (!(mean > 0)) return { variance: MIN_VARIANCE, alpha: 0, beta: 0, degrees: 5 };
  const scaled = values.map((x) => x / mean);
  // Variance in units of the mean square, alpha, 1 - alpha - beta and 1 / degrees.
  const toGarch = ([variance = NaN, alpha = NaN, gap = NaN, inverse = NaN]: readonly number[]) => ({
    variance,
    alpha,
    beta: 1 - alpha - gap,
    degrees: 1 / inverse,
  });
  const evaluate = (x: readonly number[]) => {
    const garch = toGarch(x);
    const [variance = NaN, alpha = NaN, gap = NaN, inverse = NaN] = x;
    const isAllowed = variance > 0.05 && alpha >= 0 && gap > 1e-6 && garch.beta >= 0 &&
      inverse > 0.005 && inverse < 0.49;
    return isAllowed ? -logLikelihood(garch, scaled, starts) : Infinity;
  };
  const found = nelderMead(evaluate, [1, 0.1, 0.01, 0.2], [0.3, 0.05, 0.01, 0.05], EVALUATIONS);
  const garch = toGarch(found);
  return { ...garch, variance: garch.variance * mean };
}

/** Expected variance of the next 15 minutes' return at each row. */
export function forecastGarch(
  { variance, alpha, beta }: Garch,
  { squares, have, count }: VolatilityHistory,
): Float64Array {
  const persistence = alpha + beta;
  let weight = 0;
  for (let i = 0, power = 1; i < MINUTES; i++, power *= persistence) weight += power;
  const base = variance * (1 - persistence);
  const expected = new Float64Array(count);
  let level = variance;
  for (let t = 0; t < count; t++) {
    if (have[t] === 1) level = variance;
    level = base + alpha * (squares[t] ?? NaN) + beta * level;
    expected[t] = MINUTES * variance + weight * (level - variance);
  }
  return expected;
}
