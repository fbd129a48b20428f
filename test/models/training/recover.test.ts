import { expect, test } from "vitest";
import type { CoreHmm } from "../../../core-wasm/core.ts";
import { sortByMean } from "../../../models/training/canonical_order.ts";
import { searchHmm } from "../../../models/training/search_hmm.ts";
import { sampleHmm } from "../../core-wasm/support.ts";

/** Diagonal covariances. */
const diagonal = (variances: readonly (readonly number[])[]) =>
  variances.map((line) => line.map((x, i) => line.map((_, j) => (i === j ? x : 0))));

/** Known truths, their states in ascending order of the first mean. */
const TRUTHS: readonly [name: string, truth: CoreHmm, lengths: readonly number[]][] = [
  ["two states that last", {
    startprob: [0.5, 0.5],
    transmat: [[0.99, 0.01], [0.02, 0.98]],
    means: [[-1], [2]],
    covars: diagonal([[1], [0.5]]),
  }, [20_000]],
  ["three regimes of different spread, several sequences", {
    startprob: [0.5, 0.3, 0.2],
    transmat: [[0.95, 0.03, 0.02], [0.04, 0.9, 0.06], [0.1, 0.1, 0.8]],
    means: [[-2, 0, 1], [0, 1, -1], [3, -1, 0]],
    covars: diagonal([[1, 0.5, 0.2], [0.3, 0.3, 0.3], [2, 1, 1]]),
  }, [9_000, 1, 4_999, 6_000]],
  ["nearly the same mean, different spread", {
    startprob: [0.5, 0.5],
    transmat: [[0.995, 0.005], [0.01, 0.99]],
    means: [[0, 0], [0.5, 0]],
    covars: diagonal([[1, 1], [25, 16]]),
  }, [20_000]],
  ["five states, more rows than the sample of the random starts", {
    startprob: [0.2, 0.2, 0.2, 0.2, 0.2],
    transmat: [0, 1, 2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => (i === j ? 0.92 : 0.02))),
    means: [[-8, 1], [-4, 0], [0, 4], [4, 0], [8, 1]],
    covars: diagonal([[1, 1], [1, 0.5], [2, 2], [1, 0.5], [1, 1]]),
  }, [80_000, 50_000]],
];

test.each(TRUTHS)("means are recovered within 3 standard errors: %s", async (_, truth, lengths) => {
  const { rows, states } = sampleHmm(truth, lengths, 1);
  const dims = truth.means[0]?.length ?? NaN;
  const { best } = await searchHmm({ rows, dims, lengths }, {
    states: truth.startprob.length,
    seed: 1,
    restarts: 10,
  });
  expect(best.converged).toBe(true);
  const hmm = sortByMean(best.hmm, 0);
  for (const [k, mean] of truth.means.entries()) {
    const visits = states.filter((state) => state === k).length;
    for (const [d, value] of mean.entries()) {
      const error = Math.sqrt((truth.covars[k]?.[d]?.[d] ?? NaN) / visits);
      expect(Math.abs((hmm.means[k]?.[d] ?? NaN) - value) / error).toBeLessThan(3);
    }
  }
});
