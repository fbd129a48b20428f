import {
  pick,
  pickBytes,
  sequenceLengths,
  type VolatilityHistory,
} from "../../training/volatility/history.ts";
import type { Basis } from "../../training/volatility/run.ts";
import { CLASSES } from "../forecast.ts";
import { chooseHysteresis, type ChosenHysteresis, hysteresisPath } from "../hysteresis.ts";
import { fitLevelTable, type LevelTable } from "./level_table.ts";

/** Candidate distances between the two thresholds of a border, deviations of the values. */
const GAPS = [0, 0.15, 0.3, 0.5, 0.75, 1.1, 1.5];

/** The best hysteresis thresholds on the range, and what followed their levels in training. */
export interface RangeThresholds {
  readonly chosen: ChosenHysteresis;
  readonly table: LevelTable;
}

/** The range that thresholds are on: plain, or standardized by the week before. */
function rangeOf({ range }: VolatilityHistory, basis: Basis): Float64Array {
  return basis === "absolute" ? range.plain : range.standardized;
}

/** Lengths of the runs of consecutive rows. */
export function runLengths(rows: Int32Array): readonly number[] {
  const lengths: number[] = [];
  let length = 0;
  for (let i = 0; i < rows.length; i++) {
    length++;
    if (rows[i + 1] === (rows[i] ?? 0) + 1) continue;
    lengths.push(length);
    length = 0;
  }
  return lengths;
}

/** Level of each row of a history. */
export function thresholdPath(
  history: VolatilityHistory,
  basis: Basis,
  chosen: ChosenHysteresis,
): Uint8Array {
  return hysteresisPath(rangeOf(history, basis), sequenceLengths(history.have), chosen);
}

/**
 * Chooses two borders with the best training accuracy and at most 20 changes of level a day.
 *
 * @param rows Training rows.
 * @param truth Class of each row of the history.
 * @param outcomes What the classes are of.
 */
export function fitThresholds(
  history: VolatilityHistory,
  basis: Basis,
  rows: Int32Array,
  truth: Uint8Array,
  outcomes: Float64Array,
): RangeThresholds {
  const known = pickBytes(truth, rows);
  const chosen = chooseHysteresis({
    values: pick(rangeOf(history, basis), rows),
    lengths: runLengths(rows),
    truth: known,
    classes: CLASSES,
    levels: CLASSES,
  }, GAPS);
  const path = thresholdPath(history, basis, chosen);
  const levels = pickBytes(path, rows);
  return { chosen, table: fitLevelTable(levels, known, pick(outcomes, rows)) };
}
