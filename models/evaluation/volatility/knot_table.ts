import { quantile } from "../../../core-wasm/core.ts";
import { CLASSES, UNKNOWN } from "../forecast.ts";

/** Knots of a table. */
const KNOTS = 20;

/**
 * Probabilities of the classes by the value of a forecast: a row at each of 20 knots, the middles of
 * twentieths of the training values, and linear between them.
 */
export interface KnotTable {
  /** Ascending. */
  readonly knots: Float64Array;
  /** Rows of {@link CLASSES}. */
  readonly probabilities: Float64Array;
}

/** The knot below a value, and how far the value is on the way to the next one, 0 to 1. */
function place(knots: Float64Array, value: number): [knot: number, share: number] {
  let low = 0;
  let high = knots.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((knots[middle] ?? NaN) <= value) low = middle;
    else high = middle;
  }
  const [a, b] = [knots[low] ?? NaN, knots[high] ?? NaN];
  return [low, b > a ? Math.min(Math.max((value - a) / (b - a), 0), 1) : 0];
}

/**
 * Fits a table. A row counts at the two knots around its value, by its distance from each; one is
 * added to each count.
 *
 * @param values Forecasts of the training rows.
 * @param truth Class of each row; {@link UNKNOWN} is left out.
 */
export function fitKnotTable(values: Float64Array, truth: Uint8Array): KnotTable {
  const sorted = values.slice().sort();
  const knots = Float64Array.from({ length: KNOTS }, (_, i) => quantile(sorted, (i + 0.5) / KNOTS));
  const counts = new Float64Array(KNOTS * CLASSES).fill(1);
  for (let t = 0; t < values.length; t++) {
    const actual = truth[t] ?? UNKNOWN;
    if (actual === UNKNOWN) continue;
    const [knot, share] = place(knots, values[t] ?? NaN);
    const [here, next] = [knot * CLASSES + actual, (knot + 1) * CLASSES + actual];
    counts[here] = (counts[here] ?? 0) + 1 - share;
    counts[next] = (counts[next] ?? 0) + share;
  }
  return { knots, probabilities: normalizeRows(counts) };
}

/** Rows of counts, each divided by its sum. */
export function normalizeRows(counts: Float64Array): Float64Array {
  return counts.map((count, i) => {
    const from = i - i % CLASSES;
    return count / counts.subarray(from, from + CLASSES).reduce((sum, x) => sum + x, 0);
  });
}

/** Probabilities of the classes at each value, row after row. */
export function applyKnotTable({ knots, probabilities }: KnotTable, values: Float64Array) {
  const result = new Float64Array(values.length * CLASSES);
  for (let t = 0; t < values.length; t++) {
    const [knot, share] = place(knots, values[t] ?? NaN);
    for (let k = 0; k < CLASSES; k++) {
      const here = probabilities[knot * CLASSES + k] ?? NaN;
      const next = probabilities[(knot + 1) * CLASSES + k] ?? NaN;
      result[t * CLASSES + k] = here + share * (next - here);
    }
  }
  return result;
}
