import { expect, test } from "vitest";
import { fitLogistic } from "../../../../models/training/volatility/logistic.ts";
import { Random } from "../../../core-wasm/support.ts";

test("at the solution the derivatives of the penalized log loss are 0", () => {
  const random = new Random(3);
  const count = 4000;
  const features = Float64Array.from({ length: 2 * count }, () => random.normal());
  const truth = Uint8Array.from({ length: count }, (_, i) => {
    const score = 0.5 + 1.5 * (features[2 * i] ?? 0) - (features[2 * i + 1] ?? 0);
    return random.uniform() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  });
  const { intercept, w } = fitLogistic(features, 2, truth);
  expect(w[0]).toBeCloseTo(1.5, 0);
  expect(w[1]).toBeCloseTo(-1, 0);
  const column = (j: number) => features.filter((_, i) => i % 2 === j);
  const errors = Float64Array.from(truth, (value, i) => {
    const score = intercept + (w[0] ?? 0) * (features[2 * i] ?? 0) +
      (w[1] ?? 0) * (features[2 * i + 1] ?? 0);
    return 1 / (1 + Math.exp(-score)) - value;
  });
  expect(errors.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 6);
  for (const j of [0, 1]) {
    const values = column(j);
    const mean = values.reduce((sum, x) => sum + x, 0) / count;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count;
    const slope = errors.reduce((sum, error, i) => sum + error * (values[i] ?? 0), 0);
    expect(slope + 2 * 5 * variance * (w[j] ?? 0)).toBeCloseTo(0, 4);
  }
});

test("the scale of a feature does not matter", () => {
  const features = Float64Array.from({ length: 400 }, (_, i) => (i * 37) % 101 / 100);
  const truth = Uint8Array.from(features, (x, i) => (x + (i % 7) / 10 > 0.8 ? 1 : 0));
  const once = fitLogistic(features, 1, truth);
  const scaled = fitLogistic(features.map((x) => 1000 * x), 1, truth);
  expect(1000 * (scaled.w[0] ?? 0)).toBeCloseTo(once.w[0] ?? NaN, 6);
  expect(scaled.intercept).toBeCloseTo(once.intercept, 6);
});
