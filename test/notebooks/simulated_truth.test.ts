import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { fitModel } from "../../models/training/fit.ts";
import { barCount } from "../../models/training/sequences.ts";
import {
  compareWithTruth,
  simulateBars,
  simulateTruth,
} from "../../notebooks/support/simulated_truth.ts";
import { reportOnTruth } from "../../notebooks/support/truth_report.ts";

const path = fileURLToPath(new URL("../../models/liquidity.json", import.meta.url));
const shipped = requireHmm(parseArtifact(readFileSync(path, "utf8"), path));
const DAYS = 40;

describe("the shipped liquidity model on forty days of a simulated market", () => {
  const span = { seed: 1, symbol: "BTCUSDT", from: Date.UTC(2025, 3, 1), days: DAYS };
  const truth = simulateTruth(span);
  const report = reportOnTruth("BTCUSDT", truth, [{ name: "shipped", artifact: shipped }]);
  const [model] = report.models;

  test("every bar has a latent minute", () => {
    expect(barCount(truth.bars)).toBe(DAYS * 1440);
    expect(truth.minutes.map(({ time }) => time)).toEqual(
      Array.from({ length: DAYS * 1440 }, (_, i) => span.from + i * 60_000),
    );
  });

  test("always naming the most frequent regime is much less accurate than the oracle", () => {
    expect(report.mostFrequent).toBeLessThan(0.5);
    expect(model?.comparison.oracle.accuracy).toBeGreaterThan(0.93);
  });

  test("its states separate the next volatility nearly as well as the true regimes", () => {
    const spread = (volatilities: readonly number[]) =>
      Math.max(...volatilities) / Math.min(...volatilities);
    expect(spread(model?.volatilities ?? [])).toBeGreaterThan(0.9 * spread(report.volatilities));
    expect(model?.volatilities.toSorted((a, b) => a - b)).toEqual(model?.volatilities);
  });

  test("oracle baselines of three Gaussians come close to the oracle", () => {
    const ratios = report.informed.map(({ accuracy, optimal }) => accuracy / optimal);
    expect(Math.min(...ratios)).toBeGreaterThan(0.96);
  });

  // Fitted to an earlier span of another market.
  test("a liquidity model fitted to simulated weeks finds the regimes of later ones", async () => {
    const span = { seed: 2, symbol: "ETHUSDT", from: Date.UTC(2025, 0, 1), days: 45 };
    const fitted = await fitModel({
      ...readParameters(),
      preset: "liquidity",
      sequences: [simulateBars(span)],
      symbol: span.symbol,
      market: "spot",
      seed: 1,
    });
    const { model, oracle, accuracy_ratio, regimes_of_states } = compareWithTruth(truth, fitted);
    expect(regimes_of_states).toEqual([2, 1, 0]);
    expect(accuracy_ratio).toBeGreaterThanOrEqual(0.97);
    expect(model.median_lag_minutes).toBeLessThanOrEqual(2 * (oracle.median_lag_minutes ?? NaN));
  });
});

test("a span shorter than the model's warm-up is refused", () => {
  const short = simulateTruth({ seed: 1, symbol: "DOTUSDT", from: Date.UTC(2025, 0, 1), days: 1 });
  expect(() => compareWithTruth(short, shipped)).toThrow(RangeError);
});
