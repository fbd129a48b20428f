import { expect, test } from "vitest";
import {
  evaluateWalkForward,
  type EvaluationOptions,
} from "../../../models/evaluation/evaluate.ts";
import { classicFeatures } from "../../../models/training/classic_features.ts";
import { walkForwardSchema } from "../../../models/artifact/walk_forward.ts";
import type { BarSequence } from "../../../models/training/sequences.ts";
import { stormyBars } from "./support.ts";

const OPTIONS: EvaluationOptions = {
  features: classicFeatures(20),
  states: 2,
  contamination: 0.05,
  seed: 1,
  final: true,
};
const FIRST = stormyBars(34_880, 1);
const LAST = stormyBars(10_880, 2, Date.UTC(2024, 2));

const seen: number[][] = [];
const evaluated = evaluateWalkForward([FIRST, LAST], {
  ...OPTIONS,
  onProgress: (...step) => seen.push(step),
});

test("held-out bars of a market with volatility clusters give plausible measures", async () => {
  const found = await evaluated;
  expect(walkForwardSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  expect(found.protocol).toMatchObject({ purge_minutes: 55, horizon_minutes: 15 });
  expect(found.note).toContain("1 of 4 folds");
  expect(seen).toEqual([[0, 2], [1, 2], [2, 2]]);
  const { folds, final } = found;
  if (folds === undefined || final === undefined) throw new Error("missing part");
  expect(folds.parts).toHaveLength(1);
  // The fold ends with the first sequence; the first three days of each sequence are warm-up.
  expect(final.parts[0]?.test).toMatchObject({
    from: "2024-03-04T00:00:00.000Z",
    to: "2024-03-08T13:19:00.000Z",
    bars: 6_560,
  });
  for (const part of [folds, final]) {
    // The plain range detects the clusters; a model of z-scores over 20 bars hardly does.
    expect(part.forecast.baselines.plain_hysteresis.accuracy).toBeGreaterThan(0.5);
    expect(part.forecast.baselines.plain_hysteresis.model_minus.accuracy.high).toBeLessThan(0);
    expect(part.anomaly_rate).toBeGreaterThan(0.02);
    expect(part.anomaly_rate).toBeLessThan(0.1);
    expect(part.log_likelihood_gain.gaussian.low).toBeGreaterThan(0);
    const shares = Object.values(part.regimes).map(({ share }) => share);
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
  expect(folds.stability.consecutive).toBeNull();
  expect(final.stability.consecutive).toBeGreaterThan(0.5);
});

test("the folds do not depend on the final part's bars, which can be left out", async () => {
  const other: BarSequence = { ...LAST, bars: stormyBars(10_880, 99).bars };
  const found = await evaluateWalkForward([FIRST, other], { ...OPTIONS, final: false });
  const { final: _, ...folds } = await evaluated;
  expect(found).toEqual(folds);
});

test("a history that is too short is not evaluated, with a note", async () => {
  const found = await evaluateWalkForward([stormyBars(5_000, 1)], OPTIONS);
  expect(found.note).toContain("no walk-forward part: the history has 680 bars");
  expect(found.folds).toBeUndefined();
  expect(found.final).toBeUndefined();
  expect(walkForwardSchema.parse(found)).toEqual(found);
});
