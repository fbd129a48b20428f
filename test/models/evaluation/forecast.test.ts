import { expect, test } from "vitest";
import {
  classify,
  expectOccupancy,
  fitTable,
  membershipsOf,
  scoreForecast,
  UNKNOWN,
} from "../../../models/evaluation/forecast.ts";

test("borders separate the classes; NaN is unknown", () => {
  expect(classify(Float64Array.of(1, 2, 2.1, 5, 5.1, NaN), [2, 5])).toEqual(
    Uint8Array.of(0, 0, 1, 1, 2, UNKNOWN),
  );
});

test("the expected occupancy equals the two-state chain's closed form", () => {
  const [a, b] = [0.1, 0.3];
  const hmm = { startprob: [1, 0], transmat: [[1 - a, a], [b, 1 - b]], means: [], covars: [] };
  const { weights } = expectOccupancy(Float64Array.of(1, 0, 0.25, 0.75), hmm);
  // P(s_h = 1 | s_0 = 0) = a / (a + b) (1 - (1 - a - b)^h)
  const mean = Array.from({ length: 15 }, (_, i) => a / (a + b) * (1 - (1 - a - b) ** (i + 1)))
    .reduce((sum, p) => sum + p) / 15;
  expect(weights[1]).toBeCloseTo(mean, 14);
  expect(weights[0]).toBeCloseTo(1 - mean, 14);
  expect((weights[2] ?? 0) + (weights[3] ?? 0)).toBeCloseTo(1, 14);
});

test("frequencies and means come from the training bars, plus one bar per class", () => {
  const truth = Uint8Array.of(0, 0, 1, 2, UNKNOWN);
  const volatility = Float64Array.of(1, 3, 5, 9, NaN);
  const table = fitTable(membershipsOf(Uint8Array.of(0, 0, 0, 1, 1), 2), truth, volatility);
  expect(Array.from(table.probabilities)).toEqual([3 / 6, 2 / 6, 1 / 6, 1 / 4, 1 / 4, 2 / 4]);
  expect(Array.from(table.volatility)).toEqual([3, 9]);
});

test("a forecast is the mean of the table's rows, weighted by memberships", () => {
  const table = {
    probabilities: Float64Array.of(0.8, 0.1, 0.1, 0, 0.2, 0.8),
    volatility: Float64Array.of(10, 30),
  };
  const weights = Float64Array.of(1, 0, 0.25, 0.75, 0.5, 0.5);
  const { hits, logScores, expected } = scoreForecast(
    { weights, groups: 2 },
    table,
    Uint8Array.of(1, 2, UNKNOWN),
  );
  expect(Array.from(hits)).toEqual([0, 1, NaN]);
  expect(logScores[0]).toBeCloseTo(Math.log(0.1), 12);
  expect(logScores[1]).toBeCloseTo(Math.log(0.25 * 0.1 + 0.75 * 0.8), 12);
  expect(Array.from(expected)).toEqual([10, 25, NaN]);
});
