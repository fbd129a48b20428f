/** A distribution as a table of its quantiles at equally spaced levels from 0 to 1. */

/** Probability below the table, and above it. */
const OUTSIDE: f64 = 1e-4;

/** Quantiles that a forecast publishes. */
export const LEVEL_COUNT: i32 = 7;
const LEVELS: StaticArray<f64> = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975];

/** Writes the 7 published quantiles, linear between the table's levels. */
export function writeLevels(table: usize, count: i32, levels: usize): void {
  for (let i = 0; i < LEVEL_COUNT; i++) {
    const place = LEVELS[i] * ((count - 1) as f64);
    const at = min(place as i32, count - 2);
    const low = load<f64>(table + (at << 3));
    const high = load<f64>(table + (at << 3), 8);
    store<f64>(levels + (i << 3), low + (place - (at as f64)) * (high - low));
  }
}

/** Probability of a value up to `z`, linear between the table's levels. */
export function probabilityBelow(table: usize, count: i32, z: f64): f64 {
  const last = count - 1;
  if (z < load<f64>(table)) return OUTSIDE;
  if (z > load<f64>(table + (last << 3))) return 1.0 - OUTSIDE;
  let low = 0;
  let high = last;
  // table[low] <= z, and z < table[high] or high is the last.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(table + (middle << 3)) <= z) low = middle;
    else high = middle;
  }
  const start = load<f64>(table + (low << 3));
  const step = load<f64>(table + (low << 3), 8) - start;
  return ((low as f64) + (step > 0.0 ? (z - start) / step : 0.0)) / (last as f64);
}
