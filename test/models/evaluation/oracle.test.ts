import { expect, test } from "vitest";
import { filterRows } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { filterLogDensities } from "../../../models/evaluation/log_filter.ts";
import { argmaxRows } from "../../../models/evaluation/paths.ts";
import { compareWithOracle, scoreAgainstLabels } from "../../../models/evaluation/oracle.ts";
import { Random, randomHmm, sampleHmm } from "../../core-wasm/support.ts";

const path = (text: string) => Uint8Array.from(text, Number);

const CHAIN = {
  startprob: [0.5, 0.5],
  transmat: [[0.99, 0.01], [0.02, 0.98]],
  means: [[-1], [1]],
  covars: [[[1]], [[1]]],
};

/** ln of N(x | mean, 1), row after row, plus an offset that does not matter. */
function densities(rows: Float64Array, offset: number): Float64Array {
  return Float64Array.from(
    Array.from(rows).flatMap((x) =>
      CHAIN.means.map(([mean = NaN]) => offset - (x - mean) ** 2 / 2 - Math.log(2 * Math.PI) / 2)
    ),
  );
}

test("with Gaussian densities the filter equals the core's", () => {
  const { rows } = sampleHmm(CHAIN, [300, 200], 1);
  const { posteriors } = filterRows(loadCore(), CHAIN, rows, [300, 200]);
  const found = filterLogDensities(CHAIN, densities(rows, -900), [300, 200]);
  for (const [i, p] of found.entries()) expect(p).toBeCloseTo(posteriors[i] ?? NaN, 12);
});

test("an unreachable state has probability 0, and a row of density 0 in every state is refused", () => {
  const chain = { startprob: [1, 0], transmat: [[1, 0], [0, 1]] };
  const found = filterLogDensities(chain, Float64Array.of(-5000, 0, -3, 0), [2]);
  expect(Array.from(found)).toEqual([1, 0, 1, 0]);
  for (const bad of [-Infinity, NaN]) {
    const run = () => filterLogDensities(chain, Float64Array.of(0, 0, bad, 0), [2]);
    expect(run).toThrow("Cannot filter row 1");
  }
});

test("the oracle is more accurate and faster than a filter with wrong parameters", () => {
  const lengths = [20_000, 10_000];
  const { rows, states } = sampleHmm(CHAIN, lengths, 1);
  const labels = Uint8Array.from(states);
  const run = (transmat: number[][]) =>
    argmaxRows(filterLogDensities({ ...CHAIN, transmat }, densities(rows, 0), lengths), 2);
  const oracle = run(CHAIN.transmat);
  const model = run([[0.9999, 0.0001], [0.0001, 0.9999]]).map((state) => 1 - state);
  const bars = { labels, model, oracle, lengths };
  const found = compareWithOracle(bars, bars, { states: 2, regimes: 2 });
  expect(found.regimes_of_states).toEqual([1, 0]);
  expect(found.accuracy_ratio).toBe(found.model.accuracy / found.oracle.accuracy);
  expect(found.accuracy_ratio).toBeLessThan(1);
  expect(found.oracle.rand_index).toBeGreaterThan(found.model.rand_index);
  expect(found.oracle.median_lag_minutes).toBeLessThan(found.model.median_lag_minutes ?? NaN);
});

test("a path is scored against labels: accuracy, lag, missed changes, false alarms", () => {
  const labels = path("0000011111" + "2222200000");
  const score = scoreAgainstLabels(path("0020000111" + "1111100000"), labels, [10, 10]);
  expect(score).toMatchObject({
    accuracy: 12 / 20,
    median_lag_minutes: 1,
    missed: 0,
    false_alarms_per_day: 1 / 20 * 1440,
  });
  expect(scoreAgainstLabels(labels, labels, [20])).toEqual({
    accuracy: 1,
    rand_index: 1,
    median_lag_minutes: 0,
    missed: 0,
    false_alarms_per_day: 0,
  });
  expect(scoreAgainstLabels(path("000"), path("000"), [3])).toMatchObject({
    median_lag_minutes: null,
    missed: null,
  });
});

test("states are mapped to regimes on the training bars alone", () => {
  const labels = path("0011");
  const test = { labels, model: path("1100"), oracle: labels, lengths: [4] };
  const compare = (model: string) =>
    compareWithOracle({ labels, model: path(model) }, test, { states: 2, regimes: 2 });
  expect(compare("1100").model.accuracy).toBe(1);
  expect(compare("0011").model.accuracy).toBe(0);
});

test("arrays of different lengths are refused", () => {
  const bars = { labels: path("01"), model: path("01"), oracle: path("01"), lengths: [2] };
  const size = { states: 2, regimes: 2 };
  expect(() => compareWithOracle(bars, { ...bars, oracle: path("0") }, size)).toThrow(
    "current values are 2, 2, 1, 2",
  );
  expect(() => compareWithOracle(bars, { ...bars, lengths: [] }, size)).toThrow(RangeError);
  expect(() => compareWithOracle({ labels: path(""), model: path("") }, bars, size)).toThrow(
    "at least 1: current values are 0 and 0",
  );
});

test("any HMM's posteriors sum to one", () => {
  const random = new Random(5);
  const chain = randomHmm(random, 4, 1);
  const logs = Float64Array.from({ length: 400 }, () => -1e4 * random.uniform());
  const found = filterLogDensities(chain, logs, [60, 40]);
  for (let t = 0; t < 100; t++) {
    expect(found.slice(t * 4, t * 4 + 4).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  }
});
