import { expect, test } from "vitest";
import { planFolds } from "../../../models/evaluation/folds.ts";
import { fitFold } from "../../../models/evaluation/fit_fold.ts";
import {
  gather,
  gatherRows,
  prepareHistory,
  selectSegments,
} from "../../../models/evaluation/history.ts";
import { measureOutcomes } from "../../../models/evaluation/outcomes.ts";
import { classicFeatures } from "../../../models/training/classic_features.ts";
import type { BarSequence } from "../../../models/training/sequences.ts";
import { stormyBars } from "./support.ts";

const MINUTE = 60_000;
const PURGE = 55;
const SEQUENCE = stormyBars(30_000, 1);
const FEATURES = classicFeatures(20);

/** The input of fits and thresholds of the first fold. */
function trainingSide(sequence: BarSequence) {
  const history = prepareHistory([sequence], FEATURES);
  const fold = planFolds(history.visible, PURGE).folds[0];
  if (fold === undefined) throw new Error("no fold");
  const segments = selectSegments(history.visible, fold.train);
  return {
    fold,
    side: {
      rows: gatherRows(history, segments),
      range: gather(history.range, segments),
      plainRange: gather(history.plainRange, segments),
      outcomes: measureOutcomes(history.bars, segments),
    },
  };
}

/** The sequence with doubled prices and 77 times the volume in an interval. */
function disturb({ start, bars }: BarSequence, from: number, to: number): BarSequence {
  const changed = bars.map((value, i) => {
    const time = start + Math.floor(i / 5) * MINUTE;
    return time >= from && time < to ? value * (i % 5 === 4 ? 77 : 2) : value;
  });
  return { start, bars: changed };
}

test("bars after the training bars do not affect the training side", () => {
  const { fold, side } = trainingSide(SEQUENCE);
  const end = fold.test.to;
  expect(trainingSide(disturb(SEQUENCE, fold.test.from, end)).side).toEqual(side);
  expect(trainingSide(disturb(SEQUENCE, fold.train.to, fold.test.from)).side).toEqual(side);
  const inside = disturb(SEQUENCE, fold.train.to - MINUTE, end);
  expect(trainingSide(inside).side).not.toEqual(side);
});

test("no test row depends on a training bar through its features", () => {
  const { fold } = trainingSide(SEQUENCE);
  const testRows = (sequence: BarSequence) => {
    const history = prepareHistory([sequence], FEATURES);
    return gatherRows(history, selectSegments(history.visible, fold.test));
  };
  const before = disturb(SEQUENCE, 0, fold.train.to);
  expect(testRows(before)).toEqual(testRows(SEQUENCE));
  const gap = disturb(SEQUENCE, fold.train.to, fold.test.from);
  expect(testRows(gap)).not.toEqual(testRows(SEQUENCE));
});

test("the same training bars and seed give the same models", async () => {
  const { side } = trainingSide(SEQUENCE);
  const options = { preset: "classic", states: 2, contamination: 0.05, seed: 3 } as const;
  const one = await fitFold(side.rows, { ...options, workers: 1 });
  expect(await fitFold(side.rows, { ...options, workers: 2 })).toEqual(one);
});
