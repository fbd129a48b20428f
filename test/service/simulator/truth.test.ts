import { describe, expect, test } from "vitest";
import { DYNAMICS } from "../../../service/simulator/simulated/latent_process.ts";
import {
  expectedDrift,
  longRunShares,
  REGIMES,
  transitionMatrix,
} from "../../../service/simulator/simulated/regimes.ts";
import { minuteOfWeek, WEEK_MINUTES } from "../../../service/simulator/simulated/seasonality.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { trueMinutes } from "../../../service/simulator/simulated/truth.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

const FROM = Date.UTC(2025, 0, 2);
const MINUTES = 60 * 1440;

const week = Array.from({ length: WEEK_MINUTES }, (_, minute) => minute);

test("from each minute of the week to the next, the chain moves probabilities", () => {
  for (const minute of week) {
    const before = longRunShares((minute + WEEK_MINUTES - 1) % WEEK_MINUTES);
    const matrix = transitionMatrix(minute);
    const sums = matrix.map((row) => row.reduce((sum, probability) => sum + probability, 0));
    const rows = matrix.flat();
    if (sums.some((sum) => Math.abs(sum - 1) > 1e-12) || rows.some((p) => !(p > 0 && p < 1))) {
      expect.fail(`minute ${minute}: ${rows.join(" ")}`);
    }
    const after = REGIMES.map((_, k) =>
      matrix.reduce((sum, row, j) => sum + (before[j] ?? NaN) * (row[k] ?? NaN), 0)
    );
    const off = longRunShares(minute).map((share, k) => Math.abs(share - (after[k] ?? NaN)));
    if (!(Math.max(...off) < 1e-9)) expect.fail(`minute ${minute} is not the long run`);
  }
});

test("the drifts cancel out at every hour", () => {
  for (const minute of week) {
    const drift = REGIMES.reduce(
      (sum, regime, k) =>
        sum + (regime.drift - expectedDrift(minute)) * (longRunShares(minute)[k] ?? NaN),
      0,
    );
    if (!(Math.abs(drift) < 1e-12)) expect.fail(`minute ${minute} drifts by ${drift}`);
  }
});

test("busy sessions are more often bearish, and weekends more often bullish, than normal", () => {
  const [tuesdayAtThree = NaN, , tuesdayQuiet = NaN] = longRunShares((24 + 15) * 60);
  const [sundayAtSix = NaN, , sundayQuiet = NaN] = longRunShares((6 * 24 + 6) * 60);
  expect(tuesdayAtThree).toBeGreaterThan(0.5);
  expect(tuesdayQuiet).toBeLessThan(0.2);
  expect(sundayAtSix).toBeLessThan(0.2);
  expect(sundayQuiet).toBeGreaterThan(0.5);
});

describe("the truth behind two months of a market", () => {
  const truth = [...trueMinutes({
    seed: 7,
    symbol: "BTCUSDT",
    from: FROM,
    to: FROM + MINUTES * MINUTE_MS,
  })];
  const market = simulatedMarket({ seed: 7, symbols: ["BTCUSDT"] }).market("BTCUSDT");
  const closes = (market?.klines({
    from: FROM - MINUTE_MS,
    to: FROM + (MINUTES - 1) * MINUTE_MS,
    now: FROM + MINUTES * MINUTE_MS,
    limit: MINUTES + 1,
    keep: "oldest",
  }) ?? []).map((kline) => Number(kline.close));

  test("has an entry for each minute", () => {
    expect(truth.map(({ time }) => time)).toEqual(
      Array.from({ length: MINUTES }, (_, i) => FROM + i * MINUTE_MS),
    );
  });

  test("leaves its regimes at the rates of their hours", () => {
    for (const k of REGIMES.keys()) {
      const within = truth.slice(1).flatMap(({ time, regime }, i) => {
        if (truth[i]?.regime !== k) return [];
        const stay = transitionMatrix(minuteOfWeek(time / MINUTE_MS))[k]?.[k] ?? NaN;
        return [{ left: regime !== k, probability: 1 - stay }];
      });
      const left = within.filter((minute) => minute.left).length;
      const expected = within.reduce((sum, { probability }) => sum + probability, 0);
      expect(Math.abs(left - expected)).toBeLessThan(3.5 * Math.sqrt(expected));
    }
  });

  const meanExpected = (k: number) => {
    const within = truth.filter(({ regime }) => regime === k);
    const drifts = within.map(({ time }) => expectedDrift(minuteOfWeek(time / MINUTE_MS)));
    return drifts.reduce((sum, drift) => sum + drift, 0) / within.length;
  };

  test("explains the returns that the klines show: drift and volatility by regime", () => {
    for (const [k, regime] of REGIMES.entries()) {
      const scaled = truth.flatMap((minute, i) => {
        if (minute.regime !== k) return [];
        const logReturn = Math.log((closes[i + 1] ?? NaN) / (closes[i] ?? NaN));
        return [logReturn / minute.volatilityScale];
      });
      const mean = scaled.reduce((sum, x) => sum + x, 0) / scaled.length;
      const drift = regime.drift - meanExpected(k);
      const deviation = Math.sqrt(scaled.reduce((sum, x) => sum + x * x, 0) / scaled.length);
      const expected = regime.volatility * Math.exp(DYNAMICS.volatilityShock ** 2);
      expect(Math.abs(mean - drift)).toBeLessThan(4 * deviation / Math.sqrt(scaled.length));
      expect(deviation / expected).toBeGreaterThan(0.93);
      expect(deviation / expected).toBeLessThan(1.07);
    }
  });
});

test("there is no truth before 2025", () => {
  expect(() => [...trueMinutes({ seed: 1, symbol: "BTCUSDT", from: 0, to: 1 })]).toThrow(
    "from must not be before 1735689600000: current value is 0",
  );
});
