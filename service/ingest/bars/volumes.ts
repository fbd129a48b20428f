/**
 * Compares two volumes: negative, 0 or positive. They differ by at least 1e-8, the smallest lot;
 * less is the rounding of doubles.
 */
export function compareVolumes(a: number, b: number): number {
  return Math.abs(a - b) <= Math.max(5e-9, 4 * Number.EPSILON * b) ? 0 : a - b;
}
