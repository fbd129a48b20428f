import fc from "fast-check";
import { expect, test } from "vitest";
import { stationaryDistribution } from "../../../models/training/stationary.ts";

test("with two states it is the ratio of their incoming probabilities", () => {
  const p = stationaryDistribution([[0.9, 0.1], [0.3, 0.7]]);
  expect(p[0]).toBeCloseTo(0.75, 12);
  expect(p[1]).toBeCloseTo(0.25, 12);
});

test("another step of the chain does not change it", () => {
  const row = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  })
    .map((weights) => weights.map((w) => w / weights.reduce((a, b) => a + b)));
  fc.assert(fc.property(fc.tuple(row, row, row), (transmat) => {
    const p = stationaryDistribution(transmat);
    const next = p.map((_, k) =>
      transmat.reduce((sum, r, j) => sum + (p[j] ?? 0) * (r[k] ?? 0), 0)
    );
    for (const [k, value] of next.entries()) expect(value).toBeCloseTo(p[k] ?? NaN, 12);
  }));
});
