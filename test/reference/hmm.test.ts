import { expect, test } from "vitest";
import { filterRows, smoothRows, viterbiRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { type HmmVector, readHmmVectors } from "./vectors.ts";

const vectors = readHmmVectors();

/** Largest distance of the kept rows' posteriors from hmmlearn's. */
function farthest(posteriors: Float64Array, kept: readonly number[], expected: number[][]) {
  const states = expected[0]?.length ?? NaN;
  const distances = expected.map((row, i) =>
    Math.max(...row.map((p, k) => Math.abs(p - (posteriors[(kept[i] ?? NaN) * states + k] ?? NaN))))
  );
  return Math.max(...distances);
}

/** Sum of each state's posteriors. */
function sumStates(posteriors: Float64Array, states: number): number[] {
  const sums = new Array<number>(states).fill(0);
  for (const [i, p] of posteriors.entries()) sums[i % states] = (sums[i % states] ?? NaN) + p;
  return sums;
}

function expectSums(posteriors: Float64Array, { lengths }: HmmVector, expected: number[]) {
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  for (const [k, sum] of sumStates(posteriors, expected.length).entries()) {
    expect(Math.abs(sum - (expected[k] ?? NaN))).toBeLessThan(1e-12 * rows);
  }
}

test.each(vectors)("hmmlearn's log-likelihood: $name", (vector) => {
  const rows = Float64Array.from(vector.rows);
  const { logLikelihoods } = filterRows(loadCore(), vector.hmm, rows, vector.lengths);
  const total = logLikelihoods.reduce((sum, value) => sum + value, 0);
  expect(Math.abs(total / vector.log_likelihood - 1)).toBeLessThan(1e-9);
  for (const [i, row] of vector.kept.entries()) {
    expect(logLikelihoods[row]).toBeCloseTo(vector.log_likelihoods[i] ?? NaN, 9);
  }
});

test.each(vectors)("hmmlearn's filtered posteriors: $name", (vector) => {
  const rows = Float64Array.from(vector.rows);
  const { posteriors } = filterRows(loadCore(), vector.hmm, rows, vector.lengths);
  expect(farthest(posteriors, vector.kept, vector.filtered)).toBeLessThan(1e-12);
  expectSums(posteriors, vector, vector.filtered_sums);
});

test.each(vectors)("hmmlearn's smoothed posteriors: $name", (vector) => {
  const rows = Float64Array.from(vector.rows);
  const posteriors = smoothRows(loadCore(), vector.hmm, rows, vector.lengths);
  expect(farthest(posteriors, vector.kept, vector.smoothed)).toBeLessThan(1e-12);
  expectSums(posteriors, vector, vector.smoothed_sums);
});

test.each(vectors)("hmmlearn's most probable path: $name", (vector) => {
  const rows = Float64Array.from(vector.rows);
  const { states, logProbabilities } = viterbiRows(loadCore(), vector.hmm, rows, vector.lengths);
  expect(states.join("")).toBe(vector.path);
  for (const [i, value] of logProbabilities.entries()) {
    expect(Math.abs(value / (vector.path_log_probabilities[i] ?? NaN) - 1)).toBeLessThan(1e-9);
  }
});
