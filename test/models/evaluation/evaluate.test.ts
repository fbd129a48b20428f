import { expect, test } from "vitest";
import {
  evaluateWalkForward,
  type EvaluationOptions,
} from "../../../models/evaluation/evaluate.ts";
import { PRESETS } from "../../../models/training/presets.ts";
import { walkForwardSchema } from "../../../models/artifact/walk_forward.ts";
import type { BarSequence } from "../../../models/training/sequences.ts";
import { stormyBars } from "./support.ts";

const OPTIONS: EvaluationOptions = {
  preset: "classic",
  features: PRESETS.classic.features(20),
  states: 2,
  contamination: 0.05,
  seed: 1,
  final: true,
};
const SEQUENCES = [stormyBars(34_880, 1), stormyBars(10_880, 2, Date.UTC(2024, 2))];

test("held-out bars say what they should of a market with storms", async () => {
  const seen: number[][] = [];
  const found = await evaluateWalkForward(SEQUENCES, {
    ...OPTIONS,
    onProgress: (...step) => seen.push(step),
  });
  expect(walkForwardSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  expect(found.protocol).toMatchObject({ purge_minutes: 55, horizon_minutes: 15 });
  expect(found.note).toContain("1 of 4 folds");
  expect(seen).toEqual([[0, 2], [1, 2], [2, 2]]);
  const { folds, final } = found;
  if (folds === undefined || final === undefined) throw new Error("a part is missing");
  expect(folds.parts).toHaveLength(1);
  // Bars end with the first sequence; the first three days of each are not seen.
  expect(final.parts[0]?.test).toMatchObject({
    from: "2024-03-04T00:00:00.000Z",
    to: "2024-03-08T13:19:00.000Z",
    bars: 6_560,
  });
  for (const part of [folds, final]) {
    // The plain range sees the storms, a model of z-scores over 20 bars hardly does.
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
}, 60_000);

test("without the final part nothing of it is looked at", async () => {
  const folds = await evaluateWalkForward(SEQUENCES, { ...OPTIONS, final: false });
  expect(folds.final).toBeUndefined();
  const [first, last] = SEQUENCES;
  if (first === undefined || last === undefined) throw new Error("no sequences");
  const other: BarSequence = { ...last, bars: stormyBars(10_880, 99).bars };
  expect(await evaluateWalkForward([first, other], { ...OPTIONS, final: false })).toEqual(folds);
}, 60_000);

test("a history that is too short is not evaluated, and says so", async () => {
  const found = await evaluateWalkForward([stormyBars(5_000, 1)], OPTIONS);
  expect(found.note).toContain("no walk-forward part: the history has 680 bars");
  expect(found.folds).toBeUndefined();
  expect(found.final).toBeUndefined();
  expect(walkForwardSchema.parse(found)).toEqual(found);
});
