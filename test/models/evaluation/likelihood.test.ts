import { expect, test } from "vitest";
import { type CoreHmm, filterRows } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { countParameters, selectionCriteria } from "../../../models/evaluation/criteria.ts";
import { fitFold } from "../../../models/evaluation/fit_fold.ts";
import { fitMixture } from "../../../models/evaluation/mixture.ts";
import { sampleHmm } from "../../core-wasm/support.ts";

const TRUTH: CoreHmm = {
  startprob: [0.4, 0.3, 0.3],
  transmat: [[0.97, 0.02, 0.01], [0.02, 0.96, 0.02], [0.01, 0.03, 0.96]],
  means: [[-2, 0, 0], [0, 1, 0], [2, 0, 1]],
  covars: [0, 1, 2].map(() => [[1, 0, 0], [0, 1, 0], [0, 0, 1]]),
};

test(
  "bars of an HMM are more likely under it than with a state fewer, a mixture or a Gaussian",
  async () => {
    const train = { rows: sampleHmm(TRUTH, [12_000], 1).rows, dims: 3, lengths: [12_000] };
    const { rows } = sampleHmm(TRUTH, [8_000], 2);
    const models = await fitFold(train, {
      states: 3,
      contamination: 0.05,
      seed: 1,
    });
    const likelihood = (hmm: CoreHmm) =>
      filterRows(loadCore(), hmm, rows, [8_000]).logLikelihoods.reduce((sum, x) => sum + x) / 8_000;
    const [truth, model] = [TRUTH, models.hmm].map(likelihood);
    const [fewer, mixture, gaussian] = [models.fewerStates, models.mixture, models.gaussian]
      .map(likelihood);
    expect(model).toBeLessThan(truth ?? NaN);
    expect(model).toBeCloseTo(truth ?? NaN, 2);
    expect(fewer).toBeLessThan(model ?? NaN);
    expect(mixture).toBeLessThan(model ?? NaN);
    expect(gaussian).toBeLessThan(mixture ?? NaN);
    const bics = models.selection.map(({ states, bic }) => [bic, states] as const);
    expect(bics.map(([, states]) => states)).toEqual([2, 3, 4]);
    expect(bics.sort((a, b) => a[0] - b[0])[0]?.[1]).toBe(3);
    expect(models.refits).toHaveLength(2);
  },
);

test("a mixture is recovered: weights, means and no dynamics", async () => {
  const weights = [0.7, 0.3];
  const truth: CoreHmm = {
    startprob: weights,
    transmat: [weights, weights],
    means: [[-3], [3]],
    covars: [[[1]], [[2]]],
  };
  const rows = { rows: sampleHmm(truth, [9_000], 1).rows, dims: 1, lengths: [9_000] };
  const { startprob, transmat, means, covars } = await fitMixture(rows, { states: 2, seed: 1 });
  const low = (means[0]?.[0] ?? 0) < 0 ? 0 : 1;
  expect(startprob[low]).toBeCloseTo(0.7, 1);
  expect(transmat).toEqual([startprob, startprob]);
  expect(means[low]?.[0]).toBeCloseTo(-3, 1);
  expect(covars[1 - low]?.[0]?.[0]).toBeCloseTo(2, 0);
});

test("the criteria of one Gaussian equal the closed form, and ICL equals BIC", () => {
  const rows = Float64Array.of(-1, 1, -1, 1);
  const gaussian = { startprob: [1], transmat: [[1]], means: [[0]], covars: [[[1]]] };
  const logLikelihood = 4 * (-0.5 * Math.log(2 * Math.PI) - 0.5);
  const found = selectionCriteria(gaussian, logLikelihood, { rows, dims: 1, lengths: [4] });
  const bic = 2 * Math.log(4) - 2 * logLikelihood;
  expect(found).toMatchObject({ states: 1, parameters: 2 });
  expect(found.bic).toBeCloseTo(bic, 12);
  expect(found.icl).toBeCloseTo(bic, 12);
});

test.each([[1, 1, 2], [3, 3, 2 + 6 + 9 + 18], [2, 2, 1 + 2 + 4 + 6]])(
  "%i states in %i dimensions have %i free parameters",
  (states, dims, parameters) => expect(countParameters(states, dims)).toBe(parameters),
);
