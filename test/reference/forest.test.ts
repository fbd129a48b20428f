import { expect, test } from "vitest";
import { scoreRows, sumPathLengths } from "../../core-wasm/core.ts";
import { quantile } from "../../core-wasm/fit_forest.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { readForestVectors } from "./vectors.ts";

const { average_path_length, forests } = readForestVectors();

test.each(forests)("scikit-learn's path lengths, scores and anomalies: $name", (forest) => {
  const rows = Float64Array.from(forest.rows.flat());
  const dims = forest.rows[0]?.length ?? 0;
  expect(Array.from(sumPathLengths(loadCore(), forest, rows, dims))).toEqual(forest.path_sums);
  const scores = scoreRows(loadCore(), forest, rows, dims);
  expect(scores).toHaveLength(forest.scores.length);
  for (const [i, score] of scores.entries()) {
    expect(Math.abs(score - (forest.scores[i] ?? NaN))).toBeLessThanOrEqual(1e-15);
  }
  expect(Array.from(scores, (score) => score < forest.offset)).toEqual(forest.is_anomaly);
});

test.each(forests)("the offset is the contamination quantile: $name", (forest) => {
  const sorted = Float64Array.from(forest.training_scores).sort();
  expect(Math.abs(quantile(sorted, forest.contamination) - forest.offset)).toBeLessThan(1e-15);
});

test("the average path length of a leaf's samples is scikit-learn's", () => {
  for (const [i, n] of average_path_length.n_samples.entries()) {
    const leaf = { feature: [-2], threshold: [-2], left: [-1], right: [-1], n_samples: [n] };
    const forest = { max_samples: n, offset: -0.5, trees: [leaf] };
    // The leaf of a single tree is at depth 1, from which scikit-learn subtracts 1.
    const expected = 1 + (average_path_length.lengths[i] ?? NaN) - 1;
    expect(sumPathLengths(loadCore(), forest, new Float64Array(1), 1)[0]).toBe(expected);
  }
});

test("scikit-learn's average path length has a closed form", () => {
  const { n_samples, lengths } = average_path_length;
  const closed = (n: number) => 2 * Math.log(n - 1) + 2 * 0.5772156649015329 - 2 * (n - 1) / n;
  expect(lengths.slice(0, 2)).toEqual([0, 1]);
  for (const [i, n] of n_samples.entries()) {
    if (n > 2) expect(lengths[i]).toBeCloseTo(closed(n), 13);
  }
});
