import { describe, expect, test } from "vitest";
import { DYNAMICS } from "../../../service/simulator/simulated/dynamics.ts";
import { RegimePaths } from "../../../service/simulator/simulated/regime_paths.ts";
import {
  LONG_RUN,
  nextRegime,
  REGIMES,
  TRANSITIONS,
} from "../../../service/simulator/simulated/regimes.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { trueMinutes } from "../../../service/simulator/simulated/truth.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

const FROM = Date.UTC(2025, 0, 2);
const MINUTES = 60 * 1440;

test("the chain's probabilities sum to 1 and keep its long run", () => {
  for (const row of TRANSITIONS) expect(row.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
  const after = REGIMES.map((_, k) =>
    LONG_RUN.reduce((sum, share, j) => sum + share * (TRANSITIONS[j]?.[k] ?? NaN), 0)
  );
  for (const [k, share] of after.entries()) expect(share).toBeCloseTo(LONG_RUN[k] ?? NaN, 12);
});

test("regimes change with the chain's probabilities and keep their order", () => {
  const uniforms = Array.from({ length: 100_000 }, (_, i) => (i + 0.5) / 100_000);
  for (const [from, row] of TRANSITIONS.entries()) {
    for (const [to, probability] of row.entries()) {
      const share = uniforms.filter((u) => nextRegime(from, u) === to).length / uniforms.length;
      expect(Math.abs(share - probability)).toBeLessThan(2e-5);
    }
  }
  for (const uniform of uniforms) {
    const after = REGIMES.map((_, k) => nextRegime(k, uniform));
    expect(after).toEqual(after.toSorted((a, b) => a - b));
  }
});

test("the regimes of any day lead to those of the next", () => {
  const regimes = new RegimePaths("BTCUSDT", 1);
  const year = regimes.path(-20, 365);
  for (const day of [0, 1, 2, 30, 31, 300]) {
    expect(regimes.path(day, 2)).toEqual(year.slice((day + 20) * 1440, (day + 22) * 1440));
  }
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

  test("leaves its regimes at their rates, over midnights too", () => {
    for (const k of REGIMES.keys()) {
      const within = truth.slice(1).filter((_, i) => truth[i]?.regime === k);
      const left = within.filter(({ regime }) => regime !== k).length;
      const expected = within.length * (1 - (TRANSITIONS[k]?.[k] ?? NaN));
      expect(Math.abs(left - expected)).toBeLessThan(3.5 * Math.sqrt(expected));
    }
  });

  test("explains the returns that the klines show", () => {
    for (const k of REGIMES.keys()) {
      const standardized = truth.flatMap(({ regime, volatility }, i) =>
        regime === k ? [Math.log((closes[i + 1] ?? NaN) / (closes[i] ?? NaN)) / volatility] : []
      );
      const mean = standardized.reduce((sum, x) => sum + x, 0) / standardized.length;
      const square = standardized.reduce((sum, x) => sum + x * x, 0) / standardized.length;
      expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(standardized.length));
      expect(square).toBeGreaterThan(0.95);
      expect(square).toBeLessThan(1.05);
    }
  });

  test("has volatilities and trades around their scales, by regime", () => {
    for (const [k, regime] of REGIMES.entries()) {
      const within = truth.filter((minute) => minute.regime === k);
      const mean = (of: (minute: (typeof truth)[number]) => number) =>
        within.reduce((sum, minute) => sum + of(minute), 0) / within.length;
      const gust = mean(({ volatility, volatilityScale }) =>
        Math.log(volatility / volatilityScale)
      );
      expect(Math.abs(gust - Math.log(regime.volatility))).toBeLessThan(0.05);
      const trades = mean((minute) =>
        Math.log((minute.trades + 0.5) / minute.activityScale) -
        DYNAMICS.activityByVolatility * Math.log(minute.volatility / minute.volatilityScale)
      );
      expect(Math.abs(trades)).toBeLessThan(0.1);
    }
  });
});

test("there is no truth before 2025", () => {
  expect(() => [...trueMinutes({ seed: 1, symbol: "BTCUSDT", from: 0, to: 1 })]).toThrow(
    "from must not be before 1735689600000: current value is 0",
  );
});
