import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreHmm, filterRows, smoothRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { enumeratePaths, Random, randomHmm, randomRows, TOY_HMM } from "./support.ts";

function smooth(hmm: CoreHmm, rows: readonly (readonly number[])[], lengths = [rows.length]) {
  const states = hmm.startprob.length;
  const posteriors = smoothRows(loadCore(), hmm, Float64Array.from(rows.flat()), lengths);
  return rows.map((_, t) => Array.from(posteriors.subarray(t * states, (t + 1) * states)));
}

test("the smoother is the sum over all paths", () => {
  const shape = fc.tuple(
    fc.integer(),
    fc.integer({ min: 2, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
  );
  fc.assert(fc.property(shape, ([seed, states, dims, count]) => {
    const random = new Random(seed);
    const hmm = randomHmm(random, states, dims);
    const rows = randomRows(random, count, dims);
    const paths = enumeratePaths(hmm, rows);
    const best = Math.max(...paths.map(({ log }) => log));
    const total = paths.reduce((sum, { log }) => sum + Math.exp(log - best), 0);
    for (const [t, posterior] of smooth(hmm, rows).entries()) {
      for (const [k, p] of posterior.entries()) {
        const through = paths.filter(({ path }) => path[t] === k);
        const expected = through.reduce((sum, { log }) => sum + Math.exp(log - best), 0) / total;
        expect(Math.abs(p - expected)).toBeLessThan(1e-12);
      }
    }
  }));
});

test("the last smoothed posterior of a sequence is the filtered one", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 8 }), (
      seed,
      states,
      dims,
    ) => {
      const random = new Random(seed);
      const hmm = randomHmm(random, states, dims);
      const rows = randomRows(random, 200, dims);
      const last = smooth(hmm, rows).at(-1) ?? [];
      const filtered = filterRows(loadCore(), hmm, Float64Array.from(rows.flat()), [rows.length]);
      for (const [k, p] of last.entries()) {
        expect(Math.abs(p - (filtered.posteriors.at(k - states) ?? NaN))).toBeLessThan(1e-12);
      }
    }),
    { numRuns: 30 },
  );
});

test("sequences do not see each other", () => {
  const rows = randomRows(new Random(3), 9, 3);
  const together = smooth(TOY_HMM, rows, [4, 5]);
  expect(together.slice(0, 4)).toEqual(smooth(TOY_HMM, rows.slice(0, 4)));
  expect(together.slice(4)).toEqual(smooth(TOY_HMM, rows.slice(4)));
});

test("with outliers up to a million deviations posteriors are above zero and sum to 1", () => {
  const size = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 8 }),
      fc.array(fc.tuple(size, size, size), { minLength: 1, maxLength: 20 }),
      (seed, states, rows) => {
        for (const posterior of smooth(randomHmm(new Random(seed), states, 3), rows)) {
          expect(posterior.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
          for (const p of posterior) expect(p).toBeGreaterThan(0);
        }
      },
    ),
  );
});

test("later rows outweigh a far outlier", () => {
  // The last two states are absorbing, so all rows together determine one state for all of them.
  const lasting = {
    ...TOY_HMM,
    startprob: [0, 0.5, 0.5],
    transmat: [TOY_HMM.transmat[0] ?? [], [0, 1, 0], [0, 0, 1]],
  };
  const posteriors = smooth(lasting, [[0, -0.5, -0.5], [0, 1e5, 0], [0, 1e6, 0]]);
  for (const [first, second, third] of posteriors) {
    expect(first).toBe(0);
    expect(second).toBeGreaterThan(0);
    expect(second).toBeLessThan(1e-280);
    expect(third).toBeCloseTo(1, 14);
  }
});
