import { CLASSES, UNKNOWN } from "../forecast.ts";
import { normalizeRows } from "./knot_table.ts";

/** What followed each level of a path in training. */
export interface LevelTable {
  /** Probability of each class, a row of {@link CLASSES} for each of as many levels. */
  readonly probabilities: Float64Array;
  /** Mean outcome of each level. */
  readonly means: Float64Array;
}

/**
 * Fits a table; one is added to each count.
 *
 * @param levels Level of each training row, 0 to 2; others are left out.
 * @param truth Class of each row; {@link UNKNOWN} is left out.
 * @param outcomes What the mean is of.
 */
export function fitLevelTable(
  levels: Uint8Array,
  truth: Uint8Array,
  outcomes: Float64Array,
): LevelTable {
  const counts = new Float64Array(CLASSES * CLASSES).fill(1);
  const sums = new Float64Array(CLASSES);
  const totals = new Float64Array(CLASSES);
  for (let t = 0; t < levels.length; t++) {
    const level = levels[t] ?? UNKNOWN;
    const actual = truth[t] ?? UNKNOWN;
    if (actual === UNKNOWN || level >= CLASSES) continue;
    const cell = level * CLASSES + actual;
    counts[cell] = (counts[cell] ?? 0) + 1;
    sums[level] = (sums[level] ?? 0) + (outcomes[t] ?? NaN);
    totals[level] = (totals[level] ?? 0) + 1;
  }
  return {
    probabilities: normalizeRows(counts),
    means: sums.map((sum, k) => sum / Math.max(totals[k] ?? 0, 1)),
  };
}

/** Probabilities of the classes at each level, row after row; NaN without one. */
export function applyLevelTable({ probabilities }: LevelTable, levels: Uint8Array): Float64Array {
  const result = new Float64Array(levels.length * CLASSES);
  for (let i = 0; i < result.length; i++) {
    const level = levels[Math.floor(i / CLASSES)] ?? UNKNOWN;
    result[i] = probabilities[level * CLASSES + i % CLASSES] ?? NaN;
  }
  return result;
}
