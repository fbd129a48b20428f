import { describe, expect, test } from "vitest";
import { DYNAMICS } from "../../service/exchange/simulated/latent.ts";
import { REGIMES, transitionMatrix } from "../../service/exchange/simulated/regimes.ts";
import { simulatedMarket } from "../../service/exchange/simulated/source.ts";
import { trueMinutes } from "../../service/exchange/simulated/truth.ts";

const MINUTE_MS = 60_000;
const FROM = Date.UTC(2025, 0, 2);
const MINUTES = 60 * 1440;

/** The distribution that the chain of regimes comes to in the long run. */
function stationary(): number[] {
  const matrix = transitionMatrix();
  let shares = [1, 0, 0];
  for (let i = 0; i < 20_000; i++) {
    shares = shares.map((_, to) =>
      shares.reduce((sum, share, from) => sum + share * (matrix[from]?.[to] ?? 0), 0)
    );
  }
  return shares;
}

test("the transition matrix holds probabilities, and the drifts cancel out over time", () => {
  for (const row of transitionMatrix()) {
    expect(row.reduce((sum, probability) => sum + probability, 0)).toBeCloseTo(1, 12);
  }
  const shares = stationary();
  const drift = REGIMES.reduce((sum, regime, k) => sum + regime.drift * (shares[k] ?? 0), 0);
  expect(Math.abs(drift)).toBeLessThan(0.001);
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

  test("has an entry a minute", () => {
    expect(truth.map(({ time }) => time)).toEqual(
      Array.from({ length: MINUTES }, (_, i) => FROM + i * MINUTE_MS),
    );
  });

  test("dwells in its regimes as long as they say", () => {
    for (const [k, { dwell }] of REGIMES.entries()) {
      const minutes = truth.filter(({ regime }) => regime === k).length;
      const visits = truth.filter(({ regime }, i) => regime === k && truth[i - 1]?.regime !== k);
      expect(minutes / visits.length / dwell).toBeGreaterThan(0.8);
      expect(minutes / visits.length / dwell).toBeLessThan(1.25);
    }
  });

  test("explains the returns that the klines show: drift and volatility by regime", () => {
    for (const [k, regime] of REGIMES.entries()) {
      const scaled = truth.flatMap((minute, i) => {
        if (minute.regime !== k) return [];
        const logReturn = Math.log((closes[i + 1] ?? NaN) / (closes[i] ?? NaN));
        return [logReturn / minute.volatilityScale];
      });
      const mean = scaled.reduce((sum, x) => sum + x, 0) / scaled.length;
      const deviation = Math.sqrt(scaled.reduce((sum, x) => sum + x * x, 0) / scaled.length);
      const expected = regime.volatility * Math.exp(DYNAMICS.volatilityShock ** 2);
      expect(Math.abs(mean - regime.drift)).toBeLessThan(4 * deviation / Math.sqrt(scaled.length));
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
