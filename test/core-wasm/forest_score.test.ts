import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type CoreForest,
  type CoreTree,
  fitForest,
  scoreRows,
  sumPathLengths,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { Random, TOY_FOREST } from "./support.ts";

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

test("a forest without a split scores -0.5", () => {
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

/** A tree of any shape: `split` decides by depth whether a node has children. */
function growTree(random: Random, dims: number, split: (depth: number) => boolean): CoreTree {
  const tree = {
    feature: new Array<number>(),
    threshold: new Array<number>(),
    left: new Array<number>(),
    right: new Array<number>(),
    n_samples: new Array<number>(),
  };
  const grow = (depth: number): number => {
    const node = tree.feature.length;
    const isInner = split(depth);
    tree.feature.push(isInner ? Math.floor(random.uniform() * dims) : -2);
    tree.threshold.push(isInner ? Math.round(random.normal() * 8) / 8 + 1e-9 : -2);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.n_samples.push(1 + Math.floor(random.uniform() * 9));
    if (isInner) {
      tree.left[node] = grow(depth + 1);
      tree.right[node] = grow(depth + 1);
    }
    return node;
  };
  grow(0);
  return tree;
}

/** Length of a row's path in a tree, node by node. */
function walk(tree: CoreTree, row: readonly number[]): number {
  let node = 0;
  let depth = 1;
  while ((tree.left[node] ?? NaN) >= 0) {
    const isLeft = Math.fround(row[tree.feature[node] ?? NaN] ?? NaN) <=
      (tree.threshold[node] ?? NaN);
    node = (isLeft ? tree.left[node] : tree.right[node]) ?? NaN;
    depth++;
  }
  return depth + c(tree.n_samples[node] ?? NaN) - 1;
}

/** Checks the path lengths of each tree by itself, then their sums, bit for bit. */
function checkPathLengths(trees: readonly CoreTree[], dims: number, random: Random): void {
  const rows = Array.from(
    { length: 300 },
    () => Array.from({ length: dims }, () => Math.round(random.normal() * 8) / 8),
  );
  const sums = (some: readonly CoreTree[]) =>
    sumPathLengths(
      loadCore(),
      { max_samples: 256, offset: -0.5, trees: some },
      Float64Array.from(rows.flat()),
      dims,
    );
  const total = new Float64Array(rows.length);
  for (const tree of trees) {
    const lengths = sums([tree]);
    for (const [i, row] of rows.entries()) {
      const length = lengths[i] ?? NaN;
      const expected = walk(tree, row);
      expect(Math.abs(length - expected)).toBeLessThan(1e-15 * (1 + expected) * 4);
      total[i] = (total[i] ?? NaN) + length;
    }
  }
  expect(sums(trees)).toEqual(total);
}

test("path lengths in trees of any shape equal those of a walk from node to node", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 0, max: 14 }),
      fc.double({ min: 0.3, max: 1, noNaN: true }),
      (seed, dims, deepest, bushiness) => {
        const random = new Random(seed);
        const bushy = (depth: number) => depth < Math.min(deepest, 9);
        const sparse = (depth: number) => depth < deepest && random.uniform() < bushiness;
        const trees = [bushy, sparse, sparse].map((split) => growTree(random, dims, split));
        checkPathLengths([...trees, leaf(3)], dims, random);
      },
    ),
    { numRuns: 60 },
  );
});

test.each([0, 1])("a tree may be a chain of a thousand nodes to side %i", (side) => {
  const inner = Array.from({ length: 1_000 }, (_, i) => i);
  const chain = {
    feature: [...inner.flatMap((i) => [i % 2, -2]), -2],
    threshold: [...inner.flatMap((i) => [(side ? 1 : -1) * (i - 500) / 250, -2]), -2],
    left: [...inner.flatMap((i) => [2 * i + 1 + (1 - side), -1]), -1],
    right: [...inner.flatMap((i) => [2 * i + 1 + side, -1]), -1],
    n_samples: [...inner.flatMap((i) => [2_001 - i, 1 + i % 7]), 5],
  };
  checkPathLengths([chain, leaf(2)], 2, new Random(side));
});

test("path lengths in a tree of a hundred thousand samples equal those of a walk", () => {
  const random = new Random(7);
  const rows = Float64Array.from({ length: 3 * 100_000 }, () => random.normal());
  const { forest } = fitForest(loadCore(), rows, 3, {
    seed: 1,
    contamination: 0.1,
    trees: 3,
    maxSamples: 100_000,
  });
  checkPathLengths(forest.trees, 3, random);
});

/** A tree on a feature without a table: a forest with it is not tabulated. */
const WALKED: CoreTree = {
  feature: [3, -2, -2],
  threshold: [0, -2, -2],
  left: [1, -1, -1],
  right: [2, -1, -1],
  n_samples: [6, 2, 4],
};

/** A value that rows and thresholds are likely to share, or one at the limits of float32. */
const special = fc.constantFrom(0, -0, 1e-46, -1e-46, 1e-40, 0.1, -0.1, 0.7, 3.5e38, -3.5e38);
const threshold = fc.oneof(special, fc.double({ min: -4, max: 4, noNaN: true }));
const feature = fc.oneof(threshold, fc.constantFrom(NaN, Infinity, -Infinity));

/** A tree with other thresholds: those from index `first` on, cyclically. */
function withThresholds(tree: CoreTree, thresholds: readonly number[], first: number): CoreTree {
  const threshold = tree.feature.map((feature, i) =>
    feature < 0 ? -2 : thresholds[(first + i) % thresholds.length] ?? NaN
  );
  return { ...tree, threshold };
}

const sumsOf = (trees: readonly CoreTree[], rows: Float64Array, dims: number) =>
  sumPathLengths(loadCore(), { max_samples: 256, offset: -0.5, trees }, rows, dims);

/** Checks that tables and the walk give the same sums bit for bit, for many rows and for one. */
function checkTables(trees: readonly CoreTree[], rows: readonly (readonly number[])[]): void {
  const four = (row: readonly number[]) => [...row, 0, 0, 0].slice(0, 3).concat(0);
  const flat = Float64Array.from(rows.flatMap(four));
  const last = sumsOf([WALKED], flat.subarray(0, 4), 4)[0] ?? NaN;
  const tabulated = sumsOf(trees, flat, 4);
  expect(sumsOf([...trees, WALKED], flat, 4)).toEqual(tabulated.map((sum) => sum + last));
  for (const [i, sum] of tabulated.slice(0, 3).entries()) {
    const row = flat.subarray(i * 4, i * 4 + 4);
    expect(sumsOf(trees, row, 4)).toEqual(Float64Array.of(sum));
    expect(sumsOf([...trees, WALKED], row, 4)).toEqual(Float64Array.of(sum + last));
  }
  const dims = rows[0]?.length ?? NaN;
  expect(sumsOf(trees, Float64Array.from(rows.flat()), dims)).toEqual(tabulated);
}

test("tables and the walk from node to node give the same sums", () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 3 }).chain((dims) =>
        fc.record({
          rows: fc.array(fc.array(feature, { minLength: dims, maxLength: dims }), {
            minLength: 1,
            maxLength: 40,
          }),
          thresholds: fc.array(threshold, { minLength: 1, maxLength: 60 }),
        })
      ),
      (seed, size, { rows, thresholds }) => {
        const random = new Random(seed);
        const dims = rows[0]?.length ?? NaN;
        const trees = Array.from({ length: size }, (_, t) => {
          const split = (depth: number) => depth < 8 && random.uniform() < 0.8;
          return withThresholds(growTree(random, dims, split), thresholds, t * 7);
        });
        checkTables(trees, [...rows, thresholds.slice(0, dims).concat(0, 0).slice(0, dims)]);
      },
    ),
    { numRuns: 80 },
  );
});

/** A balanced tree on one feature with the thresholds 0, 1/8, 2/8, ... */
function rankingTree(thresholds: number): CoreTree {
  const tree = {
    feature: new Array<number>(),
    threshold: new Array<number>(),
    left: new Array<number>(),
    right: new Array<number>(),
    n_samples: new Array<number>(),
  };
  const grow = (first: number, end: number): number => {
    const node = tree.feature.length;
    const isInner = first < end;
    const middle = (first + end) >> 1;
    tree.feature.push(isInner ? 0 : -2);
    tree.threshold.push(isInner ? middle / 8 : -2);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.n_samples.push(isInner ? end - first + 2 : 1 + first % 13);
    if (isInner) {
      tree.left[node] = grow(first, middle);
      tree.right[node] = grow(middle + 1, end);
    }
    return node;
  };
  grow(0, thresholds);
  return tree;
}

test.each([254, 255, 256])("a tree may have %i thresholds on a feature", (thresholds) => {
  const rows = Array.from({ length: 600 }, (_, i) => [(i - 40) / 16]);
  checkTables([rankingTree(thresholds), leaf(9)], rows);
});

test("rows of several blocks, the last of one row, have the same sums as each row alone", () => {
  const random = new Random(3);
  const trees = Array.from(
    { length: 9 },
    () => growTree(random, 3, (depth) => depth < 5),
  );
  const rows = Float64Array.from({ length: 3 * (2 * 2_048 + 1) }, () => random.normal());
  const sums = sumsOf(trees, rows, 3);
  for (const i of [0, 2_047, 2_048, 4_095, 4_096]) {
    expect(sumsOf(trees, rows.subarray(3 * i, 3 * i + 3), 3)[0]).toBe(sums[i]);
  }
});

test("a forest may have more distinct path lengths than a list can index", () => {
  const random = new Random(1);
  const trees = Array.from({ length: 8 }, (_, t) => {
    const tree = growTree(random, 3, (depth) => depth < 8);
    return { ...tree, n_samples: tree.feature.map((_, i) => 2 + 600 * t + i) };
  });
  checkTables(trees, Array.from({ length: 300 }, () => [0, 1, 2].map(() => random.normal())));
});
