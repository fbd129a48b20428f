import type { Estimate } from "../artifact/walk_forward.ts";

/** A figure with fixed digits; a dash for none. */
export function fixed(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

/** A figure and its interval, such as `0.5 [0.4, 0.6]`. */
export function interval(estimate: Estimate | null | undefined, digits: number): string {
  if (estimate === null || estimate === undefined) return "-";
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) =>
    x.toFixed(digits)
  );
  return `${value} [${low}, ${high}]`;
}

/** A share and its interval in percent or percentage points, such as `2.1 [1.8, 2.4]`. */
export function points(estimate: Estimate | null | undefined, digits = 1): string {
  if (estimate === null || estimate === undefined) return "-";
  const { value, low, high } = estimate;
  return interval({ value: 100 * value, low: 100 * low, high: 100 * high }, digits);
}

/** Two shares as bounds, such as `77.5 to 82.5 %`; one when they are equal. */
export function bounded(low: number, high: number): string {
  const [a, b] = [low, high].map((share) => (100 * share).toFixed(1));
  return a === b ? `${a} %` : `${a} to ${b} %`;
}

/** A minute, such as `2024-05-01 00:00`. */
export function minute(iso: string): string {
  return iso.slice(0, 16).replace("T", " ");
}
