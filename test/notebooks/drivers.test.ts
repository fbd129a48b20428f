import { describe, expect, test } from "vitest";
import { CONTRIBUTIONS, FEATURE_NAMES, SEASON_COLUMNS } from "../../core-wasm/core.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { responseChart, seasonChart } from "../../notebooks/support/charts/drivers.ts";
import { contributionChart } from "../../notebooks/support/charts/forecast.ts";
import { driverTable, measureDrivers, measureResponses } from "../../notebooks/support/drivers.ts";
import { seasonOfWeek } from "../../notebooks/support/season.ts";
import { lookAtForecast } from "../../notebooks/support/seen_forecast.ts";
import { shippedVolatility } from "../../notebooks/support/shipped.ts";
import {
  evaluateForecasts,
  prepareMarket,
  thinRows,
} from "../../notebooks/support/volatility_history.ts";
import { flattenBars, randomBars } from "../core-wasm/support.ts";

const start = Date.UTC(2024, 0, 1);
const sequence = { start, bars: flattenBars(randomBars(16_000, 1)) };

describe("the drivers of volatility", () => {
  const random = prepareMarket("BTCUSDT", [sequence]);
  const rows = thinRows(random, 15, 2_000);
  // What comes is the volume alone.
  const [width, volume] = [
    FEATURE_NAMES.volatility.length,
    FEATURE_NAMES.volatility.indexOf("volume_5"),
  ];
  const y = random.week.map((_, row) => 2 * (random.inputs[row * width + volume] ?? NaN) + 1);
  const history = { ...random, outcomes: { ...random.outcomes, 15: { volatility: y, y } } };
  const measured = measureDrivers(history, 15, rows);
  const responses = measureResponses(history, rows);

  test("rows are spread over the whole history, at most as many as asked for", () => {
    expect(rows.length).toBeLessThanOrEqual(2_000);
    expect(rows.length).toBeGreaterThan(1_000);
    expect((rows.at(-1) ?? 0) - (rows[0] ?? 0)).toBeGreaterThan(10_000);
  });

  test("what follows one input alone is explained by it and lost without it", () => {
    const of = (name: string) => measured.drivers.find((driver) => driver.name === name);
    expect(measured.all).toBeGreaterThan(0.99);
    expect(of("volume")?.alone).toBeGreaterThan(0.99);
    expect(of("volume")?.lost).toBeGreaterThan(0.5);
    for (const { name, alone, lost } of measured.drivers) {
      if (name === "volume") continue;
      expect(alone).toBeLessThan(0.5);
      expect(lost).toBeLessThan(0.01);
    }
  });

  test("the table has a row for each group and one for all of them", () => {
    const { head, rows } = driverTable([measured, measured]);
    expect(head).toHaveLength(5);
    expect(rows.map(([name]) => name)).toEqual([...measured.drivers.map((d) => d.name), "all"]);
  });

  test("volatility rises with the tenths of an input that it follows", () => {
    const own = responses.filter(({ input }) => input === "volume, 5 minutes");
    expect(own.map(({ tenth }) => tenth)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(own.map((one) => one.volatility).toSorted((a, b) => a - b))
      .toEqual(own.map((one) => one.volatility));
  });

  test("without coefficients the fitted season is flat; the measured one is against the week", () => {
    const flat = { ...history, outcomes: { ...history.outcomes, 15: random.outcomes[15] } };
    const level = flat.outcomes[15].y.map((_, row) => (random.week[row] ?? NaN) + 3);
    const points = seasonOfWeek(
      { ...flat, outcomes: { ...flat.outcomes, 15: { volatility: level, y: level } } },
      rows,
      new Array<number>(SEASON_COLUMNS).fill(0),
    );
    expect(points).toHaveLength(336);
    for (const { fitted, measured } of points) {
      expect(fitted).toBeCloseTo(1, 9);
      if (!Number.isNaN(measured)) expect(measured).toBeCloseTo(1, 9);
    }
    expect(seasonChart(points).alt).toContain("1.00 times the mean");
  });

  test("alternative text names what the figure shows", () => {
    expect(responseChart(responses).alt).toContain("level of the week: ");
  });
});

test("a look at a forecast begins where the model is ready, with what came beside it", () => {
  const artifact = shippedVolatility();
  const seen = lookAtForecast(artifact, sequence, "BTCUSDT", 100);
  expect(seen.start).toBe(start + (artifact.forecast.need - 1) * MINUTE_MS);
  expect(seen.path).toHaveLength(100);
  expect(seen.filtered).toHaveLength(300);
  for (let t = 0; t < 100; t++) {
    expect(seen.low[t]).toBeLessThan(seen.median[t] ?? NaN);
    expect(seen.median[t]).toBeLessThan(seen.high[t] ?? NaN);
    expect(seen.realized[t]).toBeGreaterThan(0);
  }
});

test("the largest contributions are named in the alternative text", () => {
  const contributions = new Float64Array(60 * CONTRIBUTIONS.length);
  for (let t = 0; t < 60; t++) {
    contributions[t * CONTRIBUTIONS.length + CONTRIBUTIONS.indexOf("season")] = -0.5;
    contributions[t * CONTRIBUTIONS.length + CONTRIBUTIONS.indexOf("hour")] = 0.2;
  }
  expect(contributionChart({ start, contributions }, "Why").alt).toContain("season and hour");
});

test("a history without a walk-forward part is refused", () => {
  expect(() => evaluateForecasts("BTCUSDT", [sequence], false)).toThrow(RangeError);
});
