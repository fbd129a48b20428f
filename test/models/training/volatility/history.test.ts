import { expect, test } from "vitest";
import {
  cutHistory,
  minuteOfWeek,
  prepareHistory,
  runAverage,
} from "../../../../models/training/volatility/history.ts";
import type { BarSequence } from "../../../../models/training/sequences.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { stormyBars } from "../../evaluation/support.ts";

const START = Date.UTC(2024, 0);

/** Runs of bars, some minutes after one another. */
function runs(...parts: readonly (readonly [count: number, hole: number])[]): BarSequence[] {
  let start = START;
  return parts.map(([count, hole], i) => {
    const run = stormyBars(count, i + 1, start);
    start += (count + hole) * MINUTE_MS;
    return run;
  });
}

test("the volatility to come is known where there is a bar of each of its minutes", () => {
  const { outcomes, squares } = prepareHistory([{ symbol: "A", runs: runs([100, 3], [100, 0]) }]);
  const { volatility, y } = outcomes[15];
  const sum = squares.subarray(11, 26).reduce((total, x) => total + x, 0);
  expect(volatility[10]).toBeCloseTo(1e4 * Math.sqrt(sum), 9);
  expect(y[10]).toBeCloseTo(Math.log((volatility[10] ?? NaN) + 0.1), 12);
  const known = Array.from(volatility.keys()).filter((t) => !Number.isNaN(volatility[t] ?? NaN));
  expect(known).toEqual([
    ...Array.from({ length: 85 }, (_, i) => i),
    ...Array.from({ length: 85 }, (_, i) => 100 + i),
  ]);
});

test("a hole of 1,440 minutes keeps a sequence, a longer one begins another", () => {
  const { have, unbroken } = prepareHistory([
    { symbol: "A", runs: runs([100, 1440], [100, 1441], [100, 0]) },
  ]);
  expect([have[99], have[100], have[200]]).toEqual([100, 101, 1]);
  expect([unbroken[99], unbroken[100], unbroken[200]]).toEqual([100, 1, 1]);
});

test("bars of a market that overlap are refused", () => {
  const twice = [stormyBars(100, 1, START), stormyBars(100, 2, START + 50 * MINUTE_MS)];
  expect(() => prepareHistory([{ symbol: "A", runs: twice }]))
    .toThrow("each must open later than the one before: current value is 2024-01-01T00:50");
});

test("minute 0 of the week is Monday 00:00 UTC", () => {
  expect(minuteOfWeek(Date.UTC(2024, 0, 1))).toBe(0);
  expect(minuteOfWeek(Date.UTC(2024, 0, 7, 23, 59))).toBe(10_079);
});

test("an average gives its n-th value the weight 1/n until its half-life's is larger", () => {
  const values = Float64Array.of(1, 3, 5, 10);
  const found = runAverage(values, Int32Array.of(1, 2, 3, 1), 1);
  // Half-life of one value: weight 1/2, so that 1/3 is not used.
  expect([...found]).toEqual([1, 2, 3.5, 10]);
});

test("a cut history has whole sequences of each market, up to the end of the period", () => {
  const history = prepareHistory([
    { symbol: "A", runs: runs([200, 2000], [300, 0]) },
    { symbol: "B", runs: runs([250, 0]) },
  ]);
  const second = START + 2200 * MINUTE_MS;
  const all = cutHistory(history, START, second + 1000 * MINUTE_MS);
  expect({ ...all, markets: [] }).toEqual({ ...history, markets: [] });
  const cut = cutHistory(history, second, second + 100 * MINUTE_MS);
  expect(cut.markets.map(({ symbol, first, bars }) => [symbol, first, bars.times.length]))
    .toEqual([["A", 0, 100], ["B", 100, 0]]);
  expect(cut.inputs).toEqual(history.inputs.slice(200 * 15, 300 * 15));
  expect(cut.markets[0]?.bars.close).toEqual(history.markets[0]?.bars.close.slice(200, 300));
  expect(cut.outcomes[15].y).toEqual(history.outcomes[15].y.slice(200, 300));
});
