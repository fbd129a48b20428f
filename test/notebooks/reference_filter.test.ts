import { describe, expect, test } from "vitest";
import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { rouwenhorst, withKicks } from "../../notebooks/support/node_chain.ts";
import { filterReference } from "../../notebooks/support/reference_filter.ts";
import { SeenDensity } from "../../notebooks/support/seen_density.ts";
import { simulateMinutes } from "../../notebooks/support/simulated_truth.ts";
import { LONG_RUN, REGIMES } from "../../service/simulator/simulated/regimes.ts";

const sumOf = (values: Iterable<number>) => [...values].reduce((sum, x) => sum + x, 0);

test("a chain of nodes has the mean, variance and long run of its autoregression", () => {
  const [kept, deviation] = [0.9, 0.4];
  const { nodes, transitions, longRun } = rouwenhorst(11, kept, deviation);
  expect(sumOf(longRun)).toBeCloseTo(1, 12);
  expect(sumOf(longRun.map((p, i) => p * (nodes[i] ?? NaN) ** 2))).toBeCloseTo(deviation ** 2, 12);
  for (const [i, row] of transitions.entries()) {
    expect(sumOf(row)).toBeCloseTo(1, 12);
    const mean = sumOf(row.map((p, j) => p * (nodes[j] ?? NaN)));
    expect(mean).toBeCloseTo(kept * (nodes[i] ?? NaN), 12);
    const variance = sumOf(row.map((p, j) => p * ((nodes[j] ?? NaN) - mean) ** 2));
    expect(variance).toBeCloseTo(deviation ** 2 * (1 - kept ** 2), 12);
  }
  const next = longRun.map((_, j) =>
    sumOf(transitions.map((row, i) => (longRun[i] ?? NaN) * (row[j] ?? NaN)))
  );
  for (const [j, p] of next.entries()) expect(p).toBeCloseTo(longRun[j] ?? NaN, 12);
});

test("kicks raise the mean by their probability times their size, up to the last node", () => {
  const chain = rouwenhorst(13, 0.5, 1);
  const kicked = withKicks(chain, 0.1, 0.7);
  const mean = (row: Float64Array | undefined) =>
    sumOf(row?.map((p, j) => p * (chain.nodes[j] ?? NaN)) ?? []);
  for (const row of kicked.transitions) expect(sumOf(row)).toBeCloseTo(1, 12);
  expect(mean(kicked.transitions[2]) - mean(chain.transitions[2])).toBeCloseTo(0.07, 3);
  expect(mean(kicked.transitions[12]) - mean(chain.transitions[12])).toBeLessThan(0.07);
});

describe("on twenty days of a market", () => {
  const span = { symbol: "ETHUSDT", from: Date.UTC(2025, 2, 1), days: 20 };
  const { bars, minutes } = simulateMinutes({ ...span, seed: 5 });
  const other = simulateMinutes({ ...span, seed: 6 });
  const density = new SeenDensity(other.bars, other.minutes);
  const truth = Uint8Array.from(minutes, ({ regime }) => regime);
  const accuracyOf = (posteriors: Float64Array) =>
    argmaxRows(posteriors, REGIMES.length).filter((regime, t) => regime === truth[t]).length /
    truth.length;
  const posteriors = filterReference(bars, minutes, density);
  const accuracy = accuracyOf(posteriors);

  test("the reference is about as accurate as its probabilities say", () => {
    const claimed =
      sumOf(minutes.map((_, t) => Math.max(...posteriors.subarray(3 * t, 3 * t + 3)))) /
      minutes.length;
    // Twenty days have some hundred regimes: three deviations.
    expect(Math.abs(accuracy - claimed)).toBeLessThan(0.08);
    for (const k of REGIMES.keys()) {
      const share = sumOf(posteriors.filter((_, i) => i % 3 === k)) / minutes.length;
      const actual = truth.filter((regime) => regime === k).length / minutes.length;
      expect(Math.abs(share - actual)).toBeLessThan(0.08);
    }
  });

  test("knows more than the long run", () => {
    expect(accuracy).toBeGreaterThan(Math.max(...LONG_RUN));
  });

  test("is less accurate with wrong scales, or when it sees less of the bars", () => {
    const stride = FEATURE_INPUTS.length;
    const columns = (["open", "high", "low", "close"] as const).map((x) =>
      FEATURE_INPUTS.indexOf(x)
    );
    const [open = NaN, high = NaN, low = NaN, close = NaN] = columns;
    // As if high and low were the ends of the minute's move.
    const narrow = bars.bars.map((value, i) => {
      const first = i - i % stride;
      const ends = [bars.bars[first + open] ?? NaN, bars.bars[first + close] ?? NaN];
      return i % stride === high
        ? Math.max(...ends)
        : i % stride === low
        ? Math.min(...ends)
        : value;
    });
    expect(accuracyOf(filterReference({ ...bars, bars: narrow }, minutes, density)))
      .toBeLessThan(accuracy);
    const wrong = minutes.map((minute) => ({
      ...minute,
      volatilityScale: 1.5 * minute.volatilityScale,
      activityScale: 1.5 * minute.activityScale,
    }));
    expect(accuracyOf(filterReference(bars, wrong, density))).toBeLessThan(accuracy);
  });
});
