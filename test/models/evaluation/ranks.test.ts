import { expect, test } from "vitest";
import { correlation, scaledRanks } from "../../../models/evaluation/ranks.ts";

function spearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [scaledRanks(Float64Array.from(a)), scaledRanks(Float64Array.from(b))];
  const dot = (p: Float64Array, q: Float64Array) =>
    p.reduce((sum, v, i) => sum + v * (q[i] ?? 0), 0);
  const ones = x.map(() => 1);
  return correlation([x.length, dot(x, ones), dot(y, ones), dot(x, x), dot(y, y), dot(x, y)]);
}

test("equal values share the mean of their ranks", () => {
  const ranks = scaledRanks(Float64Array.of(5, 1, 5, 9));
  expect(Array.from(ranks)).toEqual([0.5, 0.125, 0.5, 0.875]);
});

test.each([
  // IQ and hours of television, a textbook example.
  [
    [106, 100, 86, 101, 99, 103, 97, 113, 112, 110],
    [7, 27, 2, 50, 28, 29, 20, 12, 6, 17],
    -29 / 165,
  ],
  [[1, 2, 3], [10, 100, 1000], 1],
  [[1, 2, 3], [3, 2, -7], -1],
  // With ties, the value of scipy.stats.spearmanr.
  [[1, 2, 2, 3], [1, 3, 2, 4], 0.9486832980505138],
])("Spearman's correlation of %j and %j is %d", (a, b, expected) => {
  expect(spearman(a, b)).toBeCloseTo(expected, 12);
});

test("a constant has no correlation", () => {
  expect(spearman([1, 1, 1], [1, 2, 3])).toBeNaN();
});
