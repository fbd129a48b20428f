import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreHmm, filterRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { Random, TOY_HMM } from "./support.ts";

function filter(hmm: CoreHmm, rows: readonly (readonly number[])[], lengths = [rows.length]) {
  const states = hmm.startprob.length;
  const { posteriors, logLikelihoods } = filterRows(
    loadCore(),
    hmm,
    Float64Array.from(rows.flat()),
    lengths,
  );
  return {
    posteriors: rows.map((_, t) => Array.from(posteriors.subarray(t * states, (t + 1) * states))),
    logLikelihoods: Array.from(logLikelihoods),
  };
}

/** Density of a bivariate normal distribution, by its formula. */
function density(x: readonly number[], mean: readonly number[], covar: readonly number[][]) {
  const [[a = NaN, b = NaN] = [], [, d = NaN] = []] = covar;
  const [u = NaN, v = NaN] = x.map((value, i) => value - (mean[i] ?? NaN));
  const det = a * d - b * b;
  const distance = (d * u * u - 2 * b * u * v + a * v * v) / det;
  return Math.exp(-distance / 2) / (2 * Math.PI * Math.sqrt(det));
}

const PAIR = {
  startprob: [0.7, 0.3],
  transmat: [[0.9, 0.1], [0.4, 0.6]],
  means: [[0, 1], [1, -1]],
  covars: [[[1, 0.3], [0.3, 0.5]], [[2, -0.6], [-0.6, 1]]],
};

/** Joint probability of the rows and each last state, summed over all paths. */
function enumeratePaths(rows: readonly (readonly number[])[]): number[] {
  const { startprob, transmat, means, covars } = PAIR;
  const emission = (k: number, t: number) =>
    density(rows[t] ?? [], means[k] ?? [], covars[k] ?? []);
  const extend = (t: number, k: number): number => {
    const before = t === 0
      ? startprob[k] ?? NaN
      : [0, 1].reduce((sum, j) => sum + extend(t - 1, j) * (transmat[j]?.[k] ?? NaN), 0);
    return before * emission(k, t);
  };
  return [0, 1].map((k) => extend(rows.length - 1, k));
}

test("the filter is the sum over all paths", () => {
  const random = new Random(1);
  const rows = Array.from({ length: 8 }, () => [random.normal(), random.normal()]);
  const { posteriors, logLikelihoods } = filter(PAIR, rows);
  let logLikelihood = 0;
  for (const [t] of rows.entries()) {
    const joint = enumeratePaths(rows.slice(0, t + 1));
    const total = joint.reduce((a, b) => a + b);
    logLikelihood += logLikelihoods[t] ?? NaN;
    expect(logLikelihood).toBeCloseTo(Math.log(total), 12);
    for (const [k, p] of joint.entries()) expect(posteriors[t]?.[k]).toBeCloseTo(p / total, 13);
  }
});

test("one state is a plain Gaussian", () => {
  const one = {
    startprob: [1],
    transmat: [[1]],
    means: PAIR.means.slice(0, 1),
    covars: PAIR.covars.slice(0, 1),
  };
  const { posteriors, logLikelihoods } = filter(one, [[0.3, -0.2], [5, 5]]);
  expect(posteriors).toEqual([[1], [1]]);
  expect(logLikelihoods[0]).toBeCloseTo(
    Math.log(density([0.3, -0.2], one.means[0] ?? [], one.covars[0] ?? [])),
    13,
  );
});

test("sequences do not see each other", () => {
  const rows = [[0, 1], [1, 1], [2, -1], [0, 0]];
  const { posteriors } = filter(PAIR, rows, [2, 2]);
  expect(posteriors.slice(2)).toEqual(filter(PAIR, rows.slice(2)).posteriors);
});

test("after outliers up to a million deviations the posterior is finite and recovers", () => {
  const size = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const rows = fc.array(fc.tuple(size, size, size), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(rows, (rows) => {
    const { posteriors, logLikelihoods } = filter(TOY_HMM, rows);
    for (const posterior of posteriors) {
      expect(posterior.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      for (const p of posterior) expect(p).toBeGreaterThan(0);
    }
    for (const value of logLikelihoods) expect(Number.isFinite(value)).toBe(true);
    const calm = filter(TOY_HMM, [...rows, ...Array.from({ length: 80 }, () => [0, -0.5, -0.5])]);
    expect(calm.posteriors.at(-1)?.[1]).toBeGreaterThan(0.9);
  }));
});

test("an unreachable state has probability 0 and does not affect the others", () => {
  const oneWay = { ...PAIR, startprob: [1, 0], transmat: [[1, 0], [0, 1]] };
  const { posteriors, logLikelihoods } = filter(oneWay, [[1, -1], [1e6, -1e6]]);
  expect(posteriors).toEqual([[1, 0], [1, 0]]);
  expect(logLikelihoods.every(Number.isFinite)).toBe(true);
});

test("a covariance that is not positive definite is refused", () => {
  const broken = { ...PAIR, covars: [PAIR.covars[0] ?? [], [[1, 2], [2, 1]]] };
  expect(() => filter(broken, [[0, 0]])).toThrow(
    new RangeError(
      "Cannot use covars[1] as it must be positive definite: current value is [[1,2],[2,1]]",
    ),
  );
});
