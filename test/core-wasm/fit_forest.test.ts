import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreTree, fitForest, scoreRows } from "../../core-wasm/core.ts";
import { quantile } from "../../core-wasm/fit_forest.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { Random } from "./support.ts";

function normalRows(count: number, dims: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length: count * dims }, () => random.normal());
}

function depths(tree: CoreTree): number[] {
  const depth = tree.feature.map(() => 0);
  for (const [i, left] of tree.left.entries()) {
    for (const child of [left, tree.right[i] ?? NaN]) {
      if (child > 0) depth[child] = (depth[i] ?? NaN) + 1;
    }
  }
  return depth;
}

const OPTIONS = { seed: 1, contamination: 0.05 };

test("the same seed gives the same forest, another seed a different one", () => {
  const rows = normalRows(1_000, 3, 1);
  const fit = (seed: number) => fitForest(loadCore(), rows, 3, { ...OPTIONS, seed }).forest;
  expect(fit(1)).toEqual(fit(1));
  expect(fit(2).trees).not.toEqual(fit(1).trees);
});

test("a tree's children partition its sample, and it stops at the depth limit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 400 }),
      fc.integer({ min: 1, max: 8 }),
      fc.nat(),
      (count, dims, seed) => {
        const rows = normalRows(count, dims, seed);
        const { forest } = fitForest(loadCore(), rows, dims, { ...OPTIONS, seed, trees: 3 });
        expect(forest.max_samples).toBe(Math.min(count, 256));
        for (const tree of forest.trees) {
          expect(tree.n_samples[0]).toBe(forest.max_samples);
          expect(Math.max(...depths(tree))).toBeLessThanOrEqual(
            Math.ceil(Math.log2(forest.max_samples)),
          );
          for (const [i, left] of tree.left.entries()) {
            if (left < 0) continue;
            const [a = NaN, b = NaN] = [tree.n_samples[left], tree.n_samples[tree.right[i] ?? NaN]];
            expect(left).toBe(i + 1);
            expect(Math.min(a, b)).toBeGreaterThan(0);
            expect(a + b).toBe(tree.n_samples[i]);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("constant features are never split on", () => {
  const rows = normalRows(500, 3, 1).map((x, i) => (i % 3 === 1 ? 7 : x));
  const { forest } = fitForest(loadCore(), rows, 3, OPTIONS);
  const used = new Set(forest.trees.flatMap((tree) => tree.feature));
  expect(used).toEqual(new Set([0, 2, -2]));
});

test("equal rows give trees of one leaf and scores of -0.5", () => {
  const { forest, scores } = fitForest(loadCore(), new Float64Array(900).fill(3), 3, OPTIONS);
  expect(forest.trees.every((tree) => tree.feature.length === 1)).toBe(true);
  for (const score of scores) expect(score).toBeCloseTo(-0.5, 12);
});

test("the offset is the contamination quantile of the training scores", () => {
  const rows = normalRows(2_001, 2, 4);
  const { forest, scores } = fitForest(loadCore(), rows, 2, { seed: 3, contamination: 0.1 });
  expect(scores).toEqual(scoreRows(loadCore(), forest, rows, 2));
  expect(scores.filter((score) => score < forest.offset).length).toBe(200);
});

test("an outlier is the most anomalous row", () => {
  const rows = normalRows(1_000, 2, 1);
  rows.set([8, -8], 0);
  const { scores } = fitForest(loadCore(), rows, 2, OPTIONS);
  expect(scores.indexOf(Math.min(...scores))).toBe(0);
});

test("features are drawn uniformly", () => {
  const rows = normalRows(300, 4, 2);
  const { forest } = fitForest(loadCore(), rows, 4, { ...OPTIONS, trees: 400, maxSamples: 64 });
  const counts = [0, 1, 2, 3].map((d) => forest.trees.filter((t) => t.feature[0] === d).length);
  // 100 each, standard deviation 8.7.
  for (const count of counts) expect(Math.abs(count - 100)).toBeLessThan(40);
});

test.each([
  [[5], 0.3, 5],
  [[1, 2], 0.5, 1.5],
  [[1, 2, 4, 8], 0.05, 1.15],
  [[1, 2, 4, 8], 1, 8],
  [[0, 10], 0.25, 2.5],
])("the quantile of %j at %d is numpy's %d", (values, share, expected) => {
  expect(quantile(Float64Array.from(values), share)).toBeCloseTo(expected, 14);
});
