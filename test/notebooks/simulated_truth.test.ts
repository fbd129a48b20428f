import { describe, expect, test } from "vitest";
import { barCount } from "../../models/training/sequences.ts";
import {
  type Follower,
  followReference,
  followThreshold,
  followVolatility,
} from "../../notebooks/support/followers.ts";
import { shippedVolatility } from "../../notebooks/support/shipped.ts";
import { simulateBars, simulateTruth } from "../../notebooks/support/simulated_truth.ts";
import {
  accuracies,
  reportOnTruth,
  truthTable,
  volatilityTable,
} from "../../notebooks/support/truth_report.ts";
import { REGIMES } from "../../service/simulator/simulated/regimes.ts";

const DAYS = 12;

describe("twelve days of a simulated market", () => {
  const span = { seed: 1, symbol: "BTCUSDT", from: Date.UTC(2025, 3, 1), days: DAYS };
  const truth = simulateTruth(span);
  const exact: Follower = {
    name: "exact",
    labels: ["top", "bottom", "middle", "never"],
    first: 100,
    path: truth.regimes.map((regime, t) => t < 100 ? 3 : [1, 2, 0][regime] ?? 3),
  };
  const report = reportOnTruth("BTCUSDT", truth, [
    followReference(truth),
    followThreshold(truth),
    exact,
  ]);

  test("every bar has a latent minute", () => {
    expect(barCount(truth.bars)).toBe(DAYS * 1440);
    expect(truth.minutes.map(({ time }) => time)).toEqual(
      Array.from({ length: DAYS * 1440 }, (_, i) => span.from + i * 60_000),
    );
  });

  test("states in any order are scored as the regimes that they are", () => {
    expect(report.followers[2]?.score).toMatchObject({
      accuracy: 1,
      median_lag_minutes: 0,
      missed: 0,
      regimes_of_states: [2, 0, 1, 0],
    });
    const [calm, normal, turbulent] = report.volatilities;
    expect(report.followers[2]?.volatilities.slice(0, 3)).toEqual([turbulent, calm, normal]);
  });

  test("the second half alone is scored", () => {
    const half = DAYS * 720;
    const wrong = exact.path.map((state, t) => t < half ? state : 3);
    const { followers, mostFrequent } = reportOnTruth("BTCUSDT", truth, [
      { ...exact, path: wrong },
    ]);
    const scored = truth.regimes.subarray(half);
    const shares = REGIMES.map((_, k) => scored.filter((x) => x === k).length / scored.length);
    expect(followers[0]?.score.accuracy).toBe(shares[0]);
    expect(mostFrequent).toBe(Math.max(...shares));
  });

  test("the threshold names each level and changes at most about as often as it may", () => {
    const { path } = followThreshold(truth);
    expect(new Set(path)).toEqual(new Set([0, 1, 2]));
    const changes = path.filter((level, t) => t > 0 && level !== path[t - 1]).length;
    expect(changes / DAYS).toBeLessThan(30);
  });

  test("a volatility model speaks from the bar at which it is ready on", () => {
    const model = shippedVolatility();
    const { first, path, posteriors } = followVolatility("shipped", truth, model, "BTCUSDT");
    expect(first).toBe(model.forecast.need - 1);
    expect(path).toHaveLength(DAYS * 1440);
    expect(new Set(path.subarray(0, first))).toEqual(new Set([0]));
    expect(posteriors.subarray(3 * first, 3 * first + 3).reduce((sum, p) => sum + p)).toBeCloseTo(
      1,
    );
  });

  test("a market without borders of its own is followed against its week", () => {
    const model = shippedVolatility();
    const own = followVolatility("shipped", truth, model, "BTCUSDT");
    const other = followVolatility("shipped", truth, model, "DOTUSDT");
    expect(other.first).toBe(own.first);
    expect(other.path).not.toEqual(own.path);
    expect(Math.max(...other.path)).toBeLessThan(3);
  });

  test("the report has a row for each follower, and accuracies for the constant guess too", () => {
    const names = ["reference", "threshold on the range", "exact"];
    expect(truthTable([report]).rows.map((row) => row[1])).toEqual(names);
    expect(accuracies([report]).map(({ filter }) => filter)).toEqual([
      ...names,
      "always the most frequent",
    ]);
    expect(volatilityTable([report]).rows).toHaveLength(4);
  });

  test("a follower that says nothing in the first half is refused", () => {
    const late = { ...exact, first: DAYS * 720 };
    expect(() => reportOnTruth("BTCUSDT", truth, [late])).toThrow(RangeError);
  });
});

test("a span without days is refused", () => {
  const span = { seed: 1, symbol: "DOTUSDT", from: Date.UTC(2025, 0, 1), days: 0 };
  expect(() => simulateBars(span)).toThrow("days must be above 0");
});
