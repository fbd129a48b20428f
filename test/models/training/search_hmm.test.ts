import { expect, test } from "vitest";
import { searchHmm } from "../../../models/training/search_hmm.ts";
import { sampleHmm } from "../../core-wasm/support.ts";

const TRUTH = {
  startprob: [1, 0],
  transmat: [[0.98, 0.02], [0.05, 0.95]],
  means: [[0], [4]],
  covars: [[[1]], [[1]]],
};

test("a long history is searched on segments and refined on all rows", async () => {
  const lengths = [70_000, 55_555];
  const { rows } = sampleHmm(TRUTH, lengths, 1);
  const seen: number[] = [];
  const { best, restarts } = await searchHmm({ rows, dims: 1, lengths }, {
    states: 2,
    seed: 1,
    restarts: 3,
    onProgress: (done) => seen.push(done),
  });
  expect(restarts).toHaveLength(3);
  expect(best.converged).toBe(true);
  expect(best.logLikelihood / rows.length).toBeCloseTo(restarts[0]?.logLikelihoodPerRow ?? NaN, 1);
  const means = best.hmm.means.map(([mean]) => mean ?? NaN).sort((a, b) => a - b);
  expect(means[0]).toBeCloseTo(0, 1);
  expect(means[1]).toBeCloseTo(4, 1);
  expect(seen.slice(0, 3)).toEqual([1, 2, 3]);
});

test("the number of workers does not change the result", async () => {
  const lengths = [3_000, 2_000];
  const rows = { rows: sampleHmm(TRUTH, lengths, 2).rows, dims: 1, lengths };
  const search = (workers: number) => searchHmm(rows, { states: 2, seed: 1, restarts: 4, workers });
  const one = await search(1);
  expect(await search(2)).toEqual(one);
  expect(await search(4)).toEqual(one);
});
