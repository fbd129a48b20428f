import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreHmm, filterRows, fitHmm, smoothRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { enumeratePaths, Random, randomHmm, randomRows } from "./support.ts";

const SHAPE = fc.tuple(
  fc.integer(),
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 8 }),
);

/** The parameters after one M-step, and ln p under them. */
function iterate(hmm: CoreHmm, rows: Float64Array, lengths: readonly number[]) {
  const dims = hmm.means[0]?.length ?? NaN;
  return fitHmm(loadCore(), rows, dims, lengths, { start: hmm, maxIterations: 2, tolerance: 0 });
}

test("one iteration gives each state the moments of its smoothed rows", () => {
  fc.assert(
    fc.property(SHAPE, ([seed, states, dims]) => {
      const random = new Random(seed);
      const hmm = randomHmm(random, states, dims);
      const lengths = [301, 1, 258, 255];
      const count = lengths.reduce((a, b) => a + b);
      const rows = randomRows(random, count, dims);
      const flat = Float64Array.from(rows.flat());
      const posteriors = smoothRows(loadCore(), hmm, flat, lengths);
      const fitted = iterate(hmm, flat, lengths).hmm;
      for (let k = 0; k < states; k++) {
        const weights = rows.map((_, t) => posteriors[t * states + k] ?? NaN);
        const total = weights.reduce((a, b) => a + b);
        // States with fewer expected rows keep their densities.
        if (total < 2 * dims + 1) continue;
        const mean = (value: (row: readonly number[]) => number) =>
          rows.reduce((sum, row, t) => sum + (weights[t] ?? NaN) * value(row), 0) / total;
        for (let i = 0; i < dims; i++) {
          const center = mean((row) => row[i] ?? NaN);
          expect(fitted.means[k]?.[i]).toBeCloseTo(center, 9);
          const variance = mean((row) => ((row[i] ?? NaN) - center) ** 2);
          const relative = (fitted.covars[k]?.[i]?.[i] ?? NaN) / variance;
          // The floor may raise a nearly singular covariance.
          if (total > 20 * dims) expect(relative).toBeCloseTo(1, 7);
        }
        const starts = [0, 301, 302, 560].map((t) => weights[t] ?? NaN);
        expect(fitted.startprob[k]).toBeCloseTo(starts.reduce((a, b) => a + b) / 4, 11);
      }
    }),
    { numRuns: 40 },
  );
});

test("one iteration sets the transitions to their expected numbers, summed over all paths", () => {
  const shape = fc.tuple(fc.integer(), fc.integer({ min: 2, max: 3 }));
  fc.assert(
    fc.property(shape, ([seed, states]) => {
      const random = new Random(seed);
      const hmm = randomHmm(random, states, 2);
      const rows = randomRows(random, 9, 2);
      const counts = Array.from({ length: states }, () => new Array<number>(states).fill(0));
      for (const sequence of [rows.slice(0, 4), rows.slice(4)]) {
        const paths = enumeratePaths(hmm, sequence);
        const best = Math.max(...paths.map(({ log }) => log));
        const total = paths.reduce((sum, { log }) => sum + Math.exp(log - best), 0);
        for (const { path, log } of paths) {
          for (const [t, to] of path.slice(1).entries()) {
            const line = counts[path[t] ?? NaN] ?? [];
            line[to] = (line[to] ?? NaN) + Math.exp(log - best) / total;
          }
        }
      }
      const { transmat } = iterate(hmm, Float64Array.from(rows.flat()), [4, 5]).hmm;
      for (const [i, line] of counts.entries()) {
        const sum = line.reduce((a, b) => a + b);
        for (const [j, value] of line.entries()) {
          expect(transmat[i]?.[j]).toBeCloseTo(value / sum, 9);
        }
      }
    }),
    { numRuns: 40 },
  );
});

test("the log-likelihood is the filter's, and no iteration lowers it", () => {
  fc.assert(
    fc.property(SHAPE, fc.array(fc.nat({ max: 600 }), { minLength: 1, maxLength: 4 }), (
      [seed, states, dims],
      lengths,
    ) => {
      const random = new Random(seed);
      const hmm = randomHmm(random, states, dims);
      const count = lengths.reduce((a, b) => a + b) + 20;
      const rows = Float64Array.from(randomRows(random, count, dims).flat());
      const seen: number[] = [];
      const fit = fitHmm(loadCore(), rows, dims, [...lengths, 20], {
        start: hmm,
        maxIterations: 8,
        onIteration: (_, value) => seen.push(value),
      });
      const filtered = (model: CoreHmm) =>
        filterRows(loadCore(), model, rows, [...lengths, 20]).logLikelihoods
          .reduce((a, b) => a + b) / count;
      expect(seen[0]).toBeCloseTo(filtered(hmm), 9);
      expect(fit.logLikelihood / count).toBeCloseTo(filtered(fit.hmm), 9);
    }),
    { numRuns: 40 },
  );
});

test("far rows, mutually exclusive states and covariances below the floor give finite fits", () => {
  const size = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const rows = fc.array(fc.tuple(size, size), { minLength: 3, maxLength: 60 });
  fc.assert(fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), rows, (seed, states, far) => {
    const hmm = randomHmm(new Random(seed), states, 2);
    // A cycle: each state leads only to itself and to the next state.
    const cycle = hmm.transmat.map((line, i) =>
      line.map((_, j) => (i === j || j === (i + 1) % states ? 0.5 : 0))
    );
    const flat = Float64Array.from([...randomRows(new Random(seed), 40, 2), ...far].flat());
    for (const transmat of [hmm.transmat, cycle]) {
      const start = { ...hmm, startprob: hmm.startprob.map((_, k) => (k ? 0 : 1)), transmat };
      const fit = fitHmm(loadCore(), flat, 2, [40 + far.length], { start, maxIterations: 5 });
      expect(Number.isFinite(fit.logLikelihood)).toBe(true);
      const { means, covars } = fit.hmm;
      expect([fit.hmm.transmat, means, covars].flat(3).every(Number.isFinite)).toBe(true);
    }
  }));
});
