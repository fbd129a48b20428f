/** Euler's constant, numpy's `euler_gamma`. */
const GAMMA: f64 = 0.5772156649015329;

/**
 * c(n), the average path length of an unsuccessful search in a tree of n samples
 * (Liu et al. 2008, equation 1).
 */
export function averagePathLength(n: f64): f64 {
  if (n <= 1.0) return 0.0;
  if (n == 2.0) return 1.0;
  return 2.0 * (NativeMath.log(n - 1.0) + GAMMA) - 2.0 * (n - 1.0) / n;
}
