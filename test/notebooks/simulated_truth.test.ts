import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseArtifact } from "../../models/artifact.ts";
import { barCount } from "../../models/sequences.ts";
import { compareWithTruth, simulateTruth } from "../../notebooks/support/simulated_truth.ts";
import { reportOnTruth } from "../../notebooks/support/truth_report.ts";

const path = fileURLToPath(new URL("../../models/liquidity.json", import.meta.url));
const shipped = parseArtifact(readFileSync(path, "utf8"), path);
const DAYS = 40;

describe("the shipped liquidity model on forty days of a simulated market", () => {
  const span = { seed: 1, symbol: "BTCUSDT", from: Date.UTC(2025, 3, 1), days: DAYS };
  const truth = simulateTruth(span);
  const report = reportOnTruth("BTCUSDT", truth, [{ name: "shipped", artifact: shipped }]);
  const [model] = report.models;

  test("every bar has its truth", () => {
    expect(barCount(truth.bars)).toBe(DAYS * 1440);
    expect(truth.minutes.map(({ time }) => time)).toEqual(
      Array.from({ length: DAYS * 1440 }, (_, i) => span.from + i * 60_000),
    );
  });

  test("is about as often right as who always names the most frequent regime, no more", () => {
    const { accuracy, median_lag_minutes } = model?.comparison.optimal ?? {};
    expect(accuracy).toBeGreaterThan(0.88);
    expect(median_lag_minutes).toBeLessThanOrEqual(5);
    expect(model?.comparison.accuracy_ratio).toBeGreaterThan(0.7);
    expect(model?.comparison.accuracy_ratio).toBeLessThan(0.97);
  });

  test("tells the volatility that follows better than the true regimes do", () => {
    const spread = (volatilities: readonly number[]) =>
      Math.max(...volatilities) / Math.min(...volatilities);
    expect(spread(model?.volatilities ?? [])).toBeGreaterThan(spread(report.volatilities));
    expect(model?.volatilities.toSorted((a, b) => a - b)).toEqual(model?.volatilities);
  });

  test("only who knows each minute's scales comes near the Bayes-optimal filter", () => {
    const ratios = report.informed.map(({ accuracy, optimal }) => accuracy / optimal);
    const [preset = NaN] = ratios;
    expect(preset).toBeLessThan(0.9);
    expect(ratios.at(-1)).toBeGreaterThan(0.97);
    expect(Math.max(...ratios)).toBe(ratios.at(-1));
  });

  test("what can be learnt from bars alone lies between the two", () => {
    const { accuracy, optimal } = report.learnt;
    expect(accuracy / optimal).toBeGreaterThan(0.82);
    expect(accuracy / optimal).toBeLessThan(0.97);
  });
});

test("a stretch shorter than the model's warm-up cannot be judged", () => {
  const short = simulateTruth({ seed: 1, symbol: "DOTUSDT", from: Date.UTC(2025, 0, 1), days: 1 });
  expect(() => compareWithTruth(short, shipped)).toThrow(RangeError);
});
