import { expect, test } from "vitest";
import { QuantileTable } from "../../../../models/evaluation/volatility/crps.ts";

test.each([11, 2001])(
  "the score of a uniform distribution is its closed form, %i quantiles",
  (n) => {
    const table = new QuantileTable(Array.from({ length: n }, (_, i) => i / (n - 1)));
    // Inside: z^2 - z + 1/3; outside: the distance from the nearer end and 1/3.
    for (const z of [0, 0.1, 0.3333, 0.5, 0.91, 1]) {
      expect(table.crps(z)).toBeCloseTo(z * z - z + 1 / 3, 12);
    }
    expect(table.crps(-2)).toBeCloseTo(2 + 1 / 3, 12);
    expect(table.crps(1.5)).toBeCloseTo(0.5 + 1 / 3, 12);
    expect(table.quantile(0.1)).toBeCloseTo(0.1, 12);
  },
);

test("the score of a single value is the distance from it", () => {
  const table = new QuantileTable(new Float64Array(101).fill(2));
  expect(table.crps(5)).toBeCloseTo(3, 12);
  expect(table.crps(1.25)).toBeCloseTo(0.75, 12);
  expect(table.crps(2)).toBeCloseTo(0, 12);
});
