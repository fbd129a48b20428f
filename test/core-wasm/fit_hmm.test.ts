import { expect, test } from "vitest";
import { type CoreHmm, filterRows, fitHmm, type HmmFit } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { reorderStates, sortByMean } from "../../models/training/canonical_order.ts";
import { Random, sampleHmm } from "./support.ts";

const TRUTH: CoreHmm = {
  startprob: [0.5, 0.3, 0.2],
  transmat: [[0.95, 0.03, 0.02], [0.04, 0.9, 0.06], [0.1, 0.1, 0.8]],
  means: [[-2, 0], [0, 1], [3, -1]],
  covars: [[[1, 0], [0, 0.5]], [[0.3, 0], [0, 0.3]], [[2, 0], [0, 1]]],
};
const LENGTHS = [7_000, 1, 4_999, 8_000];

function best(rows: Float64Array, dims: number, lengths: readonly number[], states: number) {
  const fits = [0, 1, 2, 3, 4].map((restart) =>
    fitHmm(loadCore(), rows, dims, lengths, { start: { states, seed: 1, restart } })
  );
  return fits.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
}

function sum(values: Float64Array): number {
  return values.reduce((a, b) => a + b, 0);
}

test("parameters are recovered from a sample of known truth", () => {
  const { rows, states } = sampleHmm(TRUTH, LENGTHS, 1);
  const fit = best(rows, 2, LENGTHS, 3);
  const hmm = sortByMean(fit.hmm, 0);
  expect(fit.converged).toBe(true);
  for (const [k, mean] of TRUTH.means.entries()) {
    const visits = states.filter((state) => state === k).length;
    for (const [d, value] of mean.entries()) {
      const deviation = Math.sqrt((TRUTH.covars[k]?.[d]?.[d] ?? NaN) / visits);
      expect(Math.abs((hmm.means[k]?.[d] ?? NaN) - value)).toBeLessThan(4 * deviation);
      const ratio = (hmm.covars[k]?.[d]?.[d] ?? NaN) / (TRUTH.covars[k]?.[d]?.[d] ?? NaN);
      expect(Math.abs(ratio - 1)).toBeLessThan(4 * Math.sqrt(2 / visits));
    }
    for (const [j, p] of (TRUTH.transmat[k] ?? []).entries()) {
      expect(Math.abs((hmm.transmat[k]?.[j] ?? NaN) - p)).toBeLessThan(0.03);
    }
  }
});

test("the log-likelihood is that of the forward filter, and at least that of the truth", () => {
  const { rows } = sampleHmm(TRUTH, LENGTHS, 2);
  const fit = best(rows, 2, LENGTHS, 3);
  const filtered = sum(filterRows(loadCore(), fit.hmm, rows, LENGTHS).logLikelihoods);
  const truth = sum(filterRows(loadCore(), TRUTH, rows, LENGTHS).logLikelihoods);
  expect(fit.logLikelihood / filtered).toBeCloseTo(1, 11);
  expect(fit.logLikelihood).toBeGreaterThan(truth);
});

test("one state is fitted by the mean and the covariance", () => {
  const random = new Random(1);
  const rows = Float64Array.from({ length: 1_000 }, () => 100 + 5 * random.normal());
  const { hmm, converged } = fitHmm(loadCore(), rows, 1, [400, 600], {
    start: { states: 1, seed: 1, restart: 0 },
  });
  const mean = sum(rows) / 1_000;
  const variance = sum(rows.map((x) => (x - mean) ** 2)) / 1_000;
  expect(converged).toBe(true);
  expect(hmm.means[0]?.[0]).toBeCloseTo(mean, 9);
  expect(hmm.covars[0]?.[0]?.[0]).toBeCloseTo(variance, 8);
});

test("the same seed gives the same bits, another restart a different fit", () => {
  const { rows } = sampleHmm(TRUTH, [600], 3);
  const fit = (seed: number, restart: number) =>
    fitHmm(loadCore(), rows, 2, [600], { start: { states: 3, seed, restart }, maxIterations: 5 });
  expect(fit(1, 0)).toEqual(fit(1, 0));
  expect(fit(1, 1)).not.toEqual(fit(1, 0));
  expect(fit(2, 0)).not.toEqual(fit(1, 0));
});

test("the fit does not depend on the units", () => {
  const { rows } = sampleHmm(TRUTH, [2_000], 4);
  const start = { states: 2, seed: 1, restart: 0 };
  const one = fitHmm(loadCore(), rows, 2, [2_000], { start });
  const scaled = rows.map((x) => 1e-6 * x + 3e-4);
  const other = fitHmm(loadCore(), scaled, 2, [2_000], { start });
  expect(other.iterations).toBe(one.iterations);
  expect(other.logLikelihood).toBeCloseTo(one.logLikelihood + 4_000 * Math.log(1e6), 4);
});

test("log-likelihoods rise, and an unfinished fit has not converged", () => {
  const { rows } = sampleHmm(TRUTH, [3_000], 5);
  const seen: number[] = [];
  const fit = (maxIterations: number): HmmFit =>
    fitHmm(loadCore(), rows, 2, [3_000], {
      start: { states: 3, seed: 1, restart: 0 },
      maxIterations,
      onIteration: (_, logLikelihood) => seen.push(logLikelihood),
    });
  expect(fit(3)).toMatchObject({ converged: false, iterations: 3 });
  expect(seen).toHaveLength(3);
  expect(fit(1)).toMatchObject({ converged: false, iterations: 1 });
  seen.length = 0;
  expect(fit(500)).toMatchObject({ converged: true, iterations: seen.length });
  for (const [i, value] of seen.slice(1).entries()) {
    expect(value).toBeGreaterThanOrEqual((seen[i] ?? NaN) - 1e-9);
  }
});

test("a fit starts from given parameters", () => {
  const { rows } = sampleHmm(TRUTH, LENGTHS, 1);
  const fit = fitHmm(loadCore(), rows, 2, LENGTHS, { start: TRUTH });
  const again = fitHmm(loadCore(), rows, 2, LENGTHS, { start: reorderStates(fit.hmm, [2, 0, 1]) });
  expect(again.iterations).toBeLessThanOrEqual(3);
  expect(again.logLikelihood / fit.logLikelihood).toBeCloseTo(1, 7);
});

test("repeated rows and constant columns leave every covariance positive definite", () => {
  const random = new Random(1);
  const rows = Float64Array.from({ length: 3_000 }, (_, i) => {
    if (i % 3 === 0) return 5;
    return i < 1_500 ? 1 : random.normal();
  });
  for (const restart of [0, 1, 2]) {
    const { hmm } = fitHmm(loadCore(), rows, 3, [1_000], {
      start: { states: 3, seed: 1, restart },
    });
    const filtered = filterRows(loadCore(), hmm, rows, [1_000]);
    expect(filtered.posteriors.every(Number.isFinite)).toBe(true);
  }
});

test("an outlier of a million deviations does not derail the fit", () => {
  const { rows } = sampleHmm(TRUTH, [2_000], 6);
  rows.set([1e6, -1e6], 1_000);
  const { hmm, logLikelihood } = fitHmm(loadCore(), rows, 2, [2_000], {
    start: { states: 3, seed: 1, restart: 0 },
  });
  expect(Number.isFinite(logLikelihood)).toBe(true);
  expect(hmm.transmat.flat().every(Number.isFinite)).toBe(true);
});
