/** Densities of multivariate normal distributions with full covariance. */

/** ln(2 pi) / 2. */
const HALF_LN_2PI: f64 = 0.9189385332046727;
/** Largest squared Mahalanobis distance, so that no outlier becomes infinite. */
const MAX_DISTANCE: f64 = 1e300;

/**
 * Cholesky factor of a covariance. Its diagonal holds the reciprocals of the factor's diagonal.
 *
 * @param covar symmetric matrix, f64, dims x dims
 * @param factor output: the lower triangle, f64, dims x dims
 * @returns ln of the density at the mean; NaN when the matrix is not positive definite
 */
export function factorize(covar: usize, dims: i32, factor: usize): f64 {
  let logNorm = -HALF_LN_2PI * (dims as f64);
  for (let i = 0; i < dims; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = load<f64>(covar + ((i * dims + j) << 3));
      for (let k = 0; k < j; k++) {
        sum -= load<f64>(factor + ((i * dims + k) << 3)) *
          load<f64>(factor + ((j * dims + k) << 3));
      }
      if (i != j) {
        store<f64>(factor + ((i * dims + j) << 3), sum * load<f64>(factor + ((j * dims + j) << 3)));
        continue;
      }
      if (!(sum > 0.0)) return NaN;
      const root = sqrt(sum);
      logNorm -= NativeMath.log(root);
      store<f64>(factor + ((i * dims + i) << 3), 1.0 / root);
    }
  }
  return logNorm;
}

/**
 * ln N(x | mean, covar), nats.
 *
 * @param x an f64 per dimension
 * @param factor output of {@link factorize}
 * @param logNorm result of {@link factorize}
 * @param scratch memory for dims f64
 */
export function logDensity(
  x: usize,
  mean: usize,
  factor: usize,
  logNorm: f64,
  dims: i32,
  scratch: usize,
): f64 {
  let distance = 0.0;
  for (let i = 0; i < dims; i++) {
    let y = load<f64>(x + (i << 3)) - load<f64>(mean + (i << 3));
    const line = factor + ((i * dims) << 3);
    for (let k = 0; k < i; k++) y -= load<f64>(line + (k << 3)) * load<f64>(scratch + (k << 3));
    y *= load<f64>(line + (i << 3));
    store<f64>(scratch + (i << 3), y);
    distance += y * y;
  }
  if (!(distance < MAX_DISTANCE)) distance = MAX_DISTANCE;
  return logNorm - 0.5 * distance;
}
