import { expect, test } from "vitest";
import {
  coverageOf,
  directionAfter,
  extremeTable,
  scaledTails,
} from "../../notebooks/support/backtest.ts";
import { realizedAfter, returnsAfter } from "../../notebooks/support/realized.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import { replayOf } from "./support.ts";

const minutes = (count: number) => Float64Array.from({ length: count }, (_, t) => t * MINUTE_MS);
const labels = ["Calm", "Normal", "Turbulent"];

/** Prices whose log return of each minute is given, in basis points. */
function pricesOf(returns: readonly number[]) {
  let log = Math.log(100);
  const closes = Float64Array.from(returns, (r) => Math.exp(log += r / 1e4));
  const opens = Float64Array.from(closes, (_, t) => t === 0 ? 100 : closes[t - 1] ?? NaN);
  return { opens, closes };
}

test("realized volatility is the root of the squared returns of the next minutes", () => {
  const { opens, closes } = pricesOf([0, 3, -4, 0]);
  const realized = realizedAfter(minutes(4), opens, closes, 2);
  expect(realized[0]).toBeCloseTo(5, 9);
  expect(realized[1]).toBeCloseTo(4, 9);
  expect(realized.subarray(2)).toEqual(Float64Array.of(NaN, NaN));
});

test("nothing is known after a minute when one of the next ones is missing", () => {
  const times = Float64Array.of(0, 1, 3, 4).map((t) => t * MINUTE_MS);
  const { opens, closes } = pricesOf([0, 3, -4, 2]);
  expect(realizedAfter(times, opens, closes, 2)).toEqual(new Float64Array(4).fill(NaN));
  const after = returnsAfter(times, closes, 1);
  expect(after[0]).toBeCloseTo(3, 9);
  expect(after[1]).toBeNaN();
  expect(after[2]).toBeCloseTo(2, 9);
});

test("coverage is the share of known outcomes in the interval, without minutes that had none", () => {
  const count = 3 * DAY_MINUTES;
  // A basis point a minute, up and down: the root of 15 in 15 minutes.
  const { opens, closes } = pricesOf(
    Array.from({ length: count }, (_, t) => t % 2 === 0 ? 1 : -1),
  );
  const low = new Float64Array(count).fill(3);
  low.fill(5, DAY_MINUTES);
  low.fill(NaN, 2 * DAY_MINUTES);
  const high = low.map((value) => value + 2);
  const replay = replayOf({ times: minutes(count), opens, closes, low, high, labels });
  expect(coverageOf(replay)).toMatchObject({ value: 0.5, low: 0, high: 1 });
});

test("the mean return after a label is that of its own minutes", () => {
  const count = 2 * DAY_MINUTES;
  const { opens, closes } = pricesOf(new Array<number>(count).fill(2));
  const path = new Uint8Array(count);
  path.fill(3, DAY_MINUTES);
  const after = directionAfter(replayOf({ times: minutes(count), opens, closes, path, labels }));
  expect(after.map(({ model, label }) => `${model} ${label}`)).toEqual([
    "classic Normal Market",
    "volatility Calm",
    "volatility Normal",
    "volatility Turbulent",
  ]);
  expect(after[1]?.estimate?.value).toBeCloseTo(30, 6);
  expect(after[2]?.estimate).toBeNull();
});

test("returns of a changing volatility have thinner tails in units of a forecast that knows it", () => {
  const count = 4 * DAY_MINUTES;
  const size = (t: number) => t < 3 * DAY_MINUTES ? 1 : 10;
  const { opens, closes } = pricesOf(
    Array.from({ length: count }, (_, t) => (Math.floor(t / 15) % 2 === 0 ? 1 : -1) * size(t)),
  );
  const median = Float64Array.from({ length: count }, (_, t) => size(t + 15));
  const [plain, scaled] = scaledTails(
    replayOf({ times: minutes(count), opens, closes, median, labels }),
  );
  expect(plain?.kurtosis).toBeGreaterThan(3);
  expect(scaled?.kurtosis).toBeLessThan(1.1);
  expect(plain?.spread).toBeGreaterThan(5);
  expect(scaled?.spread).toBeCloseTo(1, 1);
});

test("an extreme minute is shown with the regimes half an hour before and after it", () => {
  const path = new Uint8Array(61);
  path.fill(3, 0, 1);
  path.fill(2, 60);
  const { rows } = extremeTable(
    "Shocks",
    replayOf({ times: minutes(61), path, labels }),
    [30],
  );
  expect(rows[0]?.slice(-3)).toEqual([
    "not ready",
    "Calm (P(Turbulent) 0.33)",
    "Turbulent (P(Turbulent) 0.33)",
  ]);
});
