import fc from "fast-check";
import { expect, test } from "vitest";
import { type CoreHmm, viterbiRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { enumeratePaths, Random, randomHmm, randomRows, sampleHmm, TOY_HMM } from "./support.ts";

function decode(hmm: CoreHmm, rows: readonly (readonly number[])[], lengths = [rows.length]) {
  const { states, logProbabilities } = viterbiRows(
    loadCore(),
    hmm,
    Float64Array.from(rows.flat()),
    lengths,
  );
  return { path: Array.from(states), logs: Array.from(logProbabilities) };
}

test("the path is the most probable of all paths", () => {
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
    const best = enumeratePaths(hmm, rows).reduce((a, b) => (b.log > a.log ? b : a));
    const { path, logs } = decode(hmm, rows);
    expect(path).toEqual(best.path);
    expect(logs[0]).toBeCloseTo(best.log, 10);
  }));
});

test("ties go to the path with the lowest state", () => {
  const half = [0.5, 0.5];
  const twins = {
    startprob: half,
    transmat: [half, half],
    means: [[1], [1]],
    covars: [[[2]], [[2]]],
  };
  expect(decode(twins, [[0], [3], [-2], [1e6]]).path).toEqual([0, 0, 0, 0]);
});

test("sequences do not see each other", () => {
  const rows = randomRows(new Random(3), 60, 3);
  const { path, logs } = decode(TOY_HMM, rows, [25, 35]);
  const [first, second] = [decode(TOY_HMM, rows.slice(0, 25)), decode(TOY_HMM, rows.slice(25))];
  expect(path).toEqual([...first.path, ...second.path]);
  expect(logs).toEqual([...first.logs, ...second.logs]);
});

test("well separated states are recovered, eight states in eight dimensions", () => {
  const random = new Random(8);
  const hmm = randomHmm(random, 8, 8);
  const apart = {
    ...hmm,
    means: hmm.means.map((mean, k) => mean.map((_, d) => (d === k ? 30 : 0))),
    covars: hmm.covars.map((covar) =>
      covar.map((line, i) => line.map((_, j) => (i === j ? 1 : 0)))
    ),
  };
  const { rows, states } = sampleHmm(apart, [500], 2);
  expect(Array.from(viterbiRows(loadCore(), apart, rows, [500]).states)).toEqual(states);
});

test("a far outlier costs later rows no precision", () => {
  const random = new Random(5);
  const calm = randomRows(random, 100, 3);
  const shocked = decode(TOY_HMM, [[1e6, -1e6, 1e6], ...calm]).path;
  const last = shocked[0];
  const from = { ...TOY_HMM, startprob: TOY_HMM.transmat[last ?? NaN] ?? [] };
  expect(shocked.slice(1)).toEqual(decode(from, calm).path);
});

test("no path takes a transition of probability 0", () => {
  const cycle = { ...TOY_HMM, transmat: [[0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0, 0.5]] };
  const size = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const rows = fc.array(fc.tuple(size, size, size), { minLength: 1, maxLength: 30 });
  fc.assert(fc.property(rows, (rows) => {
    const { path, logs } = decode(cycle, rows);
    for (const [t, state] of path.slice(1).entries()) {
      expect(cycle.transmat[path[t] ?? NaN]?.[state]).toBe(0.5);
    }
    expect(Number.isFinite(logs[0])).toBe(true);
  }));
});
