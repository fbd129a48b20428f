import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseArtifact, requireHmm } from "../../models/artifact/read.ts";
import { barCount } from "../../models/training/sequences.ts";
import { simulateTruth } from "../../notebooks/support/simulated_truth.ts";
import { reportOnTruth } from "../../notebooks/support/truth_report.ts";

const path = fileURLToPath(new URL("../../models/classic.json", import.meta.url));
const shipped = requireHmm(parseArtifact(readFileSync(path, "utf8"), path));
const DAYS = 40;

describe("the shipped classic model on forty days of a simulated market", () => {
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

  test("oracle baselines of three Gaussians come close to the oracle", () => {
    // The first one sees the model's features, which are of a minute and not of a level.
    const ratios = report.informed.slice(1).map(({ accuracy, optimal }) => accuracy / optimal);
    expect(Math.min(...ratios)).toBeGreaterThan(0.96);
  });
});
