import { expect, test } from "vitest";
import { adjustedRandIndex } from "../../../models/evaluation/rand_index.ts";
import { Random } from "../../core-wasm/support.ts";

// Values of scikit-learn's adjusted_rand_score.
test.each([
  [[0, 0, 1, 1], [0, 0, 1, 1], 1],
  [[0, 0, 1, 1], [1, 1, 0, 0], 1],
  [[0, 0, 1, 2], [0, 0, 1, 1], 4 / 7],
  [[0, 0, 0, 0], [0, 1, 2, 3], 0],
  [[0, 1, 0, 1], [0, 0, 1, 1], -0.5],
  [[2, 2, 2], [7, 7, 7], 1],
])("of %j and %j it is %d", (a, b, expected) => {
  expect(adjustedRandIndex(a, b)).toBeCloseTo(expected, 14);
  expect(adjustedRandIndex(b, a)).toBeCloseTo(expected, 14);
});

test("it is about 0 for independent labels", () => {
  const random = new Random(1);
  const draw = () => Uint8Array.from({ length: 20_000 }, () => random.pick([0.7, 0.2, 0.1]));
  expect(Math.abs(adjustedRandIndex(draw(), draw()))).toBeLessThan(0.01);
});

test("labels of different lengths are refused", () => {
  expect(() => adjustedRandIndex([0], [0, 1])).toThrow("current values are 1 and 2");
});
