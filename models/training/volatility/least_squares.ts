import { solvePositiveDefinite } from "./cholesky.ts";

/** Ridge of a regression, per row. */
const RIDGE = 1e-6;

/** A linear regression. */
export interface Regression {
  /** Rows of the history that are fitted. */
  readonly rows: Int32Array;
  /** Number of regressors. */
  readonly width: number;
  /** Writes the regressors of a row; a constant is one of them where there is to be one. */
  readonly fill: (row: number, x: Float64Array) => void;
  /** The dependent variable of each row of the history. */
  readonly target: Float64Array;
}

/**
 * Least squares by the normal equations, with a ridge of 1e-6 for each row on the whole diagonal,
 * the constant included. Sums in the order of the rows, so that the bits are the same everywhere.
 *
 * @returns The coefficients.
 * @throws RangeError when the rows do not determine the coefficients.
 */
export function leastSquares({ rows, width, fill, target }: Regression): Float64Array {
  const normal = new Float64Array(width * width);
  const moments = new Float64Array(width);
  const x = new Float64Array(width);
  for (const row of rows) {
    fill(row, x);
    const y = target[row] ?? NaN;
    for (let i = 0; i < width; i++) {
      const value = x[i] ?? NaN;
      if (value === 0) continue;
      moments[i] = (moments[i] ?? NaN) + value * y;
      const from = i * width;
      for (let j = 0; j <= i; j++) {
        normal[from + j] = (normal[from + j] ?? NaN) + value * (x[j] ?? NaN);
      }
    }
  }
  return solveRidge(normal, moments, rows.length);
}

/**
 * Solves the normal equations with the ridge.
 *
 * @param normal Sums of the regressors' products, of which the lower triangle is read; it is replaced.
 * @param moments Sums of the regressors times the dependent variable.
 * @throws RangeError when they do not determine the coefficients.
 */
export function solveRidge(
  normal: Float64Array,
  moments: Float64Array,
  rows: number,
): Float64Array {
  const width = moments.length;
  for (let i = 0; i < width; i++) {
    normal[i * width + i] = (normal[i * width + i] ?? NaN) + RIDGE * rows;
  }
  return solvePositiveDefinite(normal, moments);
}

/** The value of a linear function. */
export function dot(coefficients: Float64Array, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < coefficients.length; i++) sum += (coefficients[i] ?? NaN) * (x[i] ?? NaN);
  return sum;
}
