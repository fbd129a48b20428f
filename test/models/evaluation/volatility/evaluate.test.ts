import { beforeAll, expect, test } from "vitest";
import { forecastScorecardSchema } from "../../../../models/artifact/forecast_scorecard.ts";
import {
  formatArtifact,
  parseArtifact,
  type VolatilityArtifact,
} from "../../../../models/artifact/read.ts";
import { acceptanceTables } from "../../../../models/report/acceptance.ts";
import { formatCard } from "../../../../models/report/card.ts";
import { fitVolatility } from "../../../../models/training/volatility/fit_volatility.ts";
import { barCount } from "../../../../models/training/sequences.ts";
import { stormyBars } from "../support.ts";

const RUNS = [stormyBars(64_000, 3)];
const TEST_RUNS = [stormyBars(11_000, 9)];

function fit(bars: readonly typeof RUNS[number][], final: boolean): VolatilityArtifact {
  return fitVolatility({
    sequences: bars,
    markets: [{ symbol: "STORMUSDT", runs: bars }],
    market: "spot",
    tests: [{ market: "usdm", of: { symbol: "OTHERUSDT", runs: TEST_RUNS } }],
    evaluation: { final },
    created: new Date(0),
  });
}

let artifact: VolatilityArtifact;

beforeAll(() => {
  artifact = fit(RUNS, true);
});

test("a market with volatility clusters gives plausible measures on held-out bars", () => {
  const { folds, final, tests, protocol } = artifact.scorecard;
  expect(protocol).toMatchObject({ purge_minutes: 10_140, train_bars: 150_000 });
  expect(tests?.map(({ symbol, market }) => [symbol, market])).toEqual([["OTHERUSDT", "usdm"]]);
  for (const heldOut of [folds, final]) {
    expect(heldOut?.parts.length).toBeGreaterThan(0);
    for (const basis of ["absolute", "week"] as const) {
      const measures = heldOut?.[basis];
      // Storms last hours: guessing is right one time in three.
      expect(measures?.model.accuracy).toBeGreaterThan(1 / 3);
      expect(measures?.model.log_score).toBeGreaterThan(-Math.log(3));
      expect(measures?.baselines.har.rank_correlation).toBeGreaterThan(0.5);
      const [calm, , turbulent] = measures?.labels ?? [];
      expect(turbulent?.volatility_bp?.value).toBeGreaterThan(calm?.volatility_bp?.value ?? NaN);
      for (const bins of [measures?.reliability, measures?.change.reliability]) {
        expect(bins?.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      }
    }
    const { coverage_80, coverage_95 } = heldOut?.horizons["15"] ?? {};
    expect(coverage_80?.value).toBeGreaterThan(0.5);
    expect(coverage_95?.value).toBeGreaterThan(coverage_80?.value ?? NaN);
    // A difference is that of the figures beside it.
    const { model, baselines } = heldOut?.absolute ?? {};
    expect(baselines?.ewma.model_minus.accuracy?.value)
      .toBeCloseTo((model?.accuracy ?? NaN) - (baselines?.ewma.accuracy ?? NaN), 9);
    expect(baselines?.ewma.model_minus.rank_correlation?.value)
      .toBeCloseTo((model?.rank_correlation ?? NaN) - (baselines?.ewma.rank_correlation ?? NaN), 9);
  }
});

test("the artifact is valid, and its log score is the folds'", () => {
  const text = formatArtifact(artifact);
  expect(parseArtifact(text, "volatility.json")).toEqual(artifact);
  const { log_score } = artifact.forecast;
  expect(log_score?.mean).toBe(artifact.scorecard.folds?.absolute.model.log_score);
  expect(artifact.training.rows).toBe(RUNS.reduce((sum, run) => sum + barCount(run), 0));
  expect(
    artifact.forecast.baseline.table.every((row) =>
      Math.abs(row.reduce((sum, share) => sum + share, 0) - 1) < 1e-9
    ),
  ).toBe(true);
});

test("the folds do not depend on the last part's bars, which can be left out", () => {
  const [bars] = RUNS;
  if (bars === undefined) throw new Error("Cannot test as there must be bars");
  const other = bars.bars.slice();
  // The last eighth is of another market; its part is the last fifth.
  other.set(stormyBars(8_000, 77).bars.map((x) => 3 * x), 5 * 56_000);
  const changed = fit([{ start: bars.start, bars: other }], false);
  expect(changed.scorecard.final).toBeUndefined();
  expect(changed.scorecard.folds).toEqual(artifact.scorecard.folds);
});

test("a history that is too short for parts gives a model without them, and a reason", () => {
  const { scorecard, forecast } = fit([stormyBars(16_000, 1)], true);
  expect(scorecard.folds).toBeUndefined();
  expect(scorecard.note).toContain("no walk-forward part");
  expect(forecast.log_score).toBeNull();
  expect(() => fit([stormyBars(14_000, 1)], true)).toThrow(
    "Cannot fit a volatility model as the bars after the first 4320 of each sequence, its " +
      "warm-up, must be at least 10080: current value is 9665",
  );
});

test("the card has every number in words, every table of the scorecard and caveats", () => {
  const card = formatCard(artifact);
  for (
    const text of [
      "# Model card: volatility",
      "created 1970-01-01T00:00:00.000Z",
      "STORMUSDT, spot",
      "No sign is claimed",
      "--preset volatility --blocks models/volatility.json",
      "deno task data:download --symbol OTHERUSDT --market usdm --from 2024-01-01 --to 2024-01-08",
      "### The calendar s(t)",
      "What was asked, and what was found",
      "Walk-forward folds: part by part",
      "Last part: the forecast distribution",
      "Only tested: OTHERUSDT, usdm",
      "| GARCH(1,1)-t |",
      "Shocks: the 20 largest",
      "## Caveats",
    ]
  ) expect(card).toContain(text);
  expect(card).not.toMatch(/undefined|NaN|\[object|Infinity/);
  for (const block of card.split("\n\n").filter((part) => part.startsWith("|"))) {
    const widths = block.trimEnd().split("\n").map((line) => line.match(/(?<!\\)\|/g)?.length);
    expect(new Set(widths).size).toBe(1);
  }
});

test("a model without an evaluation has a card that says so", () => {
  const card = formatCard({ ...artifact, scorecard: {} });
  expect(card).toContain("It was not evaluated on held-out bars.");
});

test("what was asked holds or does not by the figure and, for a difference, its interval", () => {
  const scorecard = forecastScorecardSchema.parse(artifact.scorecard);
  const { folds } = scorecard;
  if (folds === undefined) throw new Error("Cannot test as there must be folds");
  const verdict = (value: number, low: number) => {
    folds.absolute.baselines.har.model_minus.log_score = { value, low, high: 1 };
    const [table] = acceptanceTables(scorecard);
    return table?.rows[0]?.[3];
  };
  expect(verdict(0.031, 0.001)).toBe("0.0310 [0.0010, 1.0000]: holds");
  expect(verdict(0.029, 0.001)).toBe("0.0290 [0.0010, 1.0000]: does not hold");
  expect(verdict(0.031, -0.001)).toBe("0.0310 [-0.0010, 1.0000]: does not hold");
});
