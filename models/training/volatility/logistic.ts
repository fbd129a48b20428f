import { solvePositiveDefinite } from "./cholesky.ts";
import { exps } from "./numbers.ts";

/** Weight of the squared coefficients of standardized features. */
const PENALTY = 5;
/** Added to a deviation, so that the penalty of a constant feature is not 0. */
const MIN_DEVIATION = 1e-9;
/** Newton's method converges within ten steps; the bound is for data that it does not fit. */
const MAX_STEPS = 50;
/** One row of these is fitted first. */
const SAMPLE = 8;
/** A smaller step of every standardized coefficient ends the iteration. */
const TOLERANCE = 1e-9;

/** A logistic regression of raw features. */
export interface Logistic {
  readonly intercept: number;
  readonly w: Float64Array;
}

/** Population deviations of the features. */
function deviations(features: Float64Array, width: number): Float64Array {
  const count = features.length / width;
  return Float64Array.from({ length: width }, (_, j) => {
    let sum = 0;
    for (let i = j; i < features.length; i += width) sum += features[i] ?? NaN;
    const mean = sum / count;
    let squares = 0;
    for (let i = j; i < features.length; i += width) {
      const difference = (features[i] ?? NaN) - mean;
      squares += difference * difference;
    }
    return Math.sqrt(squares / count) + MIN_DEVIATION;
  });
}

/** Probabilities 1 / (1 + e^-s) of linear scores s; the last of the coefficients is the intercept. */
function probabilities(features: Float64Array, width: number, w: Float64Array): Float64Array {
  const scores = new Float64Array(features.length / width);
  for (let i = 0; i < scores.length; i++) {
    let sum = w[width] ?? NaN;
    for (let j = 0; j < width; j++) sum += (w[j] ?? NaN) * (features[i * width + j] ?? NaN);
    scores[i] = -sum;
  }
  return exps(scores).map((x) => 1 / (1 + x));
}

/** First and second derivatives of the sum of the log losses, the second as a lower triangle. */
function derive(features: Float64Array, width: number, truth: Uint8Array, p: Float64Array) {
  const size = width + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  // Features of other labels than a row's are 0: half of them are skipped.
  const used = new Int32Array(size);
  const x = new Float64Array(size);
  for (let i = 0; i < truth.length; i++) {
    let count = 0;
    for (let j = 0; j < width; j++) {
      const value = features[i * width + j] ?? NaN;
      if (value === 0) continue;
      x[count] = value;
      used[count++] = j;
    }
    x[count] = 1;
    used[count++] = width;
    const chance = p[i] ?? NaN;
    const error = chance - (truth[i] ?? NaN);
    const weight = chance * (1 - chance);
    for (let j = 0; j < count; j++) {
      const value = x[j] ?? NaN;
      const own = used[j] ?? 0;
      gradient[own] = (gradient[own] ?? NaN) + error * value;
      const scaled = weight * value;
      for (let k = 0; k <= j; k++) {
        const at = own * size + (used[k] ?? 0);
        hessian[at] = (hessian[at] ?? NaN) + scaled * (x[k] ?? NaN);
      }
    }
  }
  return { gradient, hessian };
}

/**
 * Logistic regression by Newton's method: it minimizes the sum of the log losses plus 5 |w|^2 of the
 * standardized features, with the intercept free. Since the intercept is free, this is the same as a
 * penalty of 5 (deviation w)^2 on the raw features.
 *
 * @param features Raw features, row after row.
 * @param width Features in a row.
 * @param truth 1 or 0 of each row.
 * @returns The coefficients of the raw features.
 * @throws RangeError when Newton's method does not converge.
 */
export function fitLogistic(
  features: Float64Array,
  width: number,
  truth: Uint8Array,
): Logistic {
  const deviation = deviations(features, width);
  // From the solution of a part of the rows, few steps are left.
  const count = Math.floor(truth.length / SAMPLE);
  const sample = new Float64Array(count * width);
  const sampled = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const row = i * SAMPLE;
    sample.set(features.subarray(row * width, (row + 1) * width), i * width);
    sampled[i] = truth[row] ?? 0;
  }
  const start = minimize(sample, width, sampled, deviation, new Float64Array(width + 1));
  const w = minimize(features, width, truth, deviation, start);
  return { intercept: w[width] ?? NaN, w: w.slice(0, width) };
}

function minimize(
  features: Float64Array,
  width: number,
  truth: Uint8Array,
  deviation: Float64Array,
  start: Float64Array,
): Float64Array {
  const w = start.slice();
  for (let step = 0; step < MAX_STEPS; step++) {
    const p = probabilities(features, width, w);
    const { gradient, hessian } = derive(features, width, truth, p);
    for (let j = 0; j < width; j++) {
      const penalty = 2 * PENALTY * (deviation[j] ?? NaN) ** 2;
      gradient[j] = (gradient[j] ?? NaN) + penalty * (w[j] ?? NaN);
      const at = j * (width + 2);
      hessian[at] = (hessian[at] ?? NaN) + penalty;
    }
    // The intercept has no penalty, and no rows at all have no curvature.
    const corner = width * (width + 2);
    hessian[corner] = (hessian[corner] ?? NaN) + Number.EPSILON;
    const move = solvePositiveDefinite(hessian, gradient);
    for (let j = 0; j <= width; j++) w[j] = (w[j] ?? NaN) - (move[j] ?? NaN);
    if (move.every((x, j) => Math.abs(x) * (deviation[j] ?? 1) < TOLERANCE)) return w;
  }
  throw new RangeError(
    `Cannot fit a logistic regression as it must converge within ${MAX_STEPS} steps: ` +
      `current value is ${truth.length} rows`,
  );
}
