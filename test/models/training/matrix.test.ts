import { expect, test } from "vitest";
import { isPositiveDefinite, isSymmetric } from "../../../models/training/matrix.ts";

test.each<[number[][], boolean]>([
  [[[1]], true],
  [[[0]], false],
  [[[2, 1], [1, 2]], true],
  [[[1, 2], [2, 1]], false],
  [[[1, 1], [1, 1]], false],
  [[[1, NaN], [NaN, 1]], false],
  [[[4, 2, 1], [2, 3, 0.5], [1, 0.5, 2]], true],
])("positive definite: %j is %s", (matrix, expected) => {
  expect(isPositiveDefinite(matrix)).toBe(expected);
});

test("symmetry tolerates rounding only", () => {
  expect(isSymmetric([[1, 0.3], [0.3 * (1 + 1e-12), 1]])).toBe(true);
  expect(isSymmetric([[1, 0.3], [0.3001, 1]])).toBe(false);
  expect(isSymmetric([[1, NaN], [NaN, 1]])).toBe(false);
});
