/**
 * Exponentially weighted averages with an exact start: until the newest value's weight has fallen
 * to that of the half-life, the average is the plain mean of all values so far.
 */

/** Weight of the newest value for a half-life in minutes: 1 - 2^(-1 / halfLife). */
export function halfLifeWeight(halfLife: f64): f64 {
  return 1.0 - NativeMath.pow(0.5, 1.0 / halfLife);
}

/**
 * The average after one more value.
 *
 * @param average before the value
 * @param value the value
 * @param weight weight of the half-life
 * @param share 1 / number of values, this one included
 */
export function averaged(average: f64, value: f64, weight: f64, share: f64): f64 {
  return average + max(weight, share) * (value - average);
}
