import { expect, test } from "vitest";
import { type CoreForest, scoreRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { TOY_FOREST } from "./support.ts";

/** c(n) of Liu et al. 2008, by its definition with scikit-learn's approximation of H(n). */
function c(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + 0.5772156649015329) - 2 * (n - 1) / n;
}

const leaf = (n: number) => ({
  feature: [-2],
  threshold: [-2],
  left: [-1],
  right: [-1],
  n_samples: [n],
});

const stump = (threshold: number): CoreForest => ({
  max_samples: 4,
  offset: -0.5,
  trees: [{
    feature: [0, -2, -2],
    threshold: [threshold, -2, -2],
    left: [1, -1, -1],
    right: [2, -1, -1],
    n_samples: [4, 1, 3],
  }],
});

const score = (forest: CoreForest, ...row: number[]) =>
  scoreRows(loadCore(), forest, Float64Array.from(row), row.length)[0];

const LEFT = -(2 ** -(1 / c(4)));
const RIGHT = -(2 ** -((1 + c(3)) / c(4)));

test.each([1, 2, 3, 10, 256])("a tree that is one leaf of %i samples has depth c(n)", (n) => {
  const forest = { max_samples: 256, offset: -0.5, trees: [leaf(n)] };
  expect(score(forest, 0)).toBeCloseTo(-(2 ** -(c(n) / c(256))), 15);
});

test("a forest that cannot split anything scores -0.5", () => {
  expect(score({ max_samples: 256, offset: -0.5, trees: [leaf(256), leaf(256)] }, 1)).toBe(-0.5);
  expect(score({ max_samples: 1, offset: -0.5, trees: [leaf(1)] }, 1)).toBe(-0.5);
});

test("path lengths are averaged over the trees", () => {
  const depths = [[2 + c(2), 2 + c(3), 1 + c(3)], [1 + c(7), 1]] as const;
  const expected = (a: number, b: number) => -(2 ** -((a + b) / (2 * c(8))));
  expect(score(TOY_FOREST, 0, -1, 0)).toBeCloseTo(expected(depths[0][0], depths[1][0]), 15);
  expect(score(TOY_FOREST, 0, 0, 2)).toBeCloseTo(expected(depths[0][1], depths[1][1]), 15);
  expect(score(TOY_FOREST, 1, 0, 1)).toBeCloseTo(expected(depths[0][2], depths[1][0]), 15);
});

test("a value on the threshold goes left", () => {
  expect(score(stump(0.5), 0.5)).toBeCloseTo(LEFT, 15);
  expect(score(stump(0.5), 0.5000001)).toBeCloseTo(RIGHT, 15);
});

test("values are compared as float32 with the float64 threshold, as scikit-learn does", () => {
  // 0.1 as float32 is above 0.1, and 0.7 as float32 is below 0.7.
  expect(score(stump(0.1), 0.1)).toBeCloseTo(RIGHT, 15);
  expect(score(stump(0.7), 0.7)).toBeCloseTo(LEFT, 15);
  expect(score(stump(-0.1), -0.1)).toBeCloseTo(LEFT, 15);
  // Both values are the same float32.
  expect(score(stump(1), 1 + 1e-9)).toBeCloseTo(LEFT, 15);
  expect(score(stump(0), 1e-46)).toBeCloseTo(LEFT, 15);
  expect(score(stump(-1e-46), 0)).toBeCloseTo(RIGHT, 15);
});
