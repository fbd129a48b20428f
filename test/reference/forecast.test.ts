import { expect, test } from "vitest";
import { FEATURE_NAMES, type VolatilityResult } from "../../core-wasm/core.ts";
import { stepBars } from "../core-wasm/forecast_support.ts";
import { openForecast } from "../core-wasm/open_forecast.ts";
import { syntheticBars } from "./synthetic_bars.ts";
import { readForecastVectors } from "./vectors.ts";

const { forecast, bars, states, kept, rows } = readForecastVectors();
const BARS = syntheticBars(bars.seed, bars.start, bars.count, bars.holes);

/** Relative to numbers above 1, as Python's logarithms may differ from the core's in the last bit. */
const TOLERANCE = 1e-12;

function distance(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(1, Math.abs(expected));
}

/** A result's numbers in the order of a row. */
function numbersOf(result: VolatilityResult): number[] {
  const { features, horizons, shockScore, contributions, week } = result;
  return [
    ...features,
    ...horizons.flatMap(({ location, scale }) => [location, scale]),
    ...horizons.flatMap(({ quantiles }) => quantiles),
    shockScore,
    ...contributions,
    ...result.posterior,
    result.change,
    ...week.posterior,
  ];
}

function expectedOf(row: typeof rows[number] | undefined): number[] {
  if (row === undefined) throw new Error("no such row");
  const none = [NaN, NaN, NaN];
  return [
    ...row.inputs,
    ...row.forecasts.flat(),
    ...row.quantiles.flat(),
    row.shock_score,
    ...row.contributions,
    ...row.absolute?.probabilities ?? none,
    row.absolute?.change ?? NaN,
    ...row.week?.probabilities ?? none,
  ];
}

const results = [...stepBars(openForecast(forecast, "TESTUSDT"), 0, BARS)];
const stateOf = (state: number) => state === 255 ? "-" : String(state);

test("the bars have holes within hours, across hours and longer than a sequence survives", () => {
  const lengths = bars.holes.map(([, minutes]) => minutes);
  expect(lengths).toEqual(expect.arrayContaining([1, 75, 1_440, 1_441]));
  expect(states.absolute).toMatch(/^-+[012]+-+[012]+$/);
});

test("inputs, forecasts, quantiles, probabilities and contributions equal the reference", () => {
  let [farthest, compared] = [0, 0];
  for (const [i, bar] of kept.bars.entries()) {
    const result = results[bar];
    if (result === undefined) throw new Error(`no bar ${bar}`);
    const found = numbersOf(result);
    for (const [j, expected] of expectedOf(rows[i]).entries()) {
      if (Number.isNaN(expected)) expect(found[j]).toBeNaN();
      else {
        compared++;
        farthest = Math.max(farthest, distance(found[j] ?? NaN, expected));
      }
    }
  }
  expect(farthest).toBeLessThan(TOLERANCE);
  expect(compared).toBeGreaterThan(kept.bars.length * (FEATURE_NAMES.volatility.length + 27));
});

test("labels, their minutes and shocks equal the reference at every bar", () => {
  expect(results.map(({ state }) => stateOf(state)).join("")).toBe(states.absolute);
  expect(results.map(({ week }) => stateOf(week.state)).join("")).toBe(states.week);
  expect(results.map(({ isShock }) => Number(isShock)).join("")).toBe(states.shock);
  for (const [i, bar] of kept.bars.entries()) {
    const { have, need, barsInState, week } = results[bar] ?? never();
    const row = rows[i] ?? never();
    expect(have).toBe(Math.min(row.have, need));
    expect(barsInState).toBe((row.absolute?.minutes ?? NaN) + 1);
    expect(week.barsInState).toBe((row.week?.minutes ?? NaN) + 1);
  }
});

test("a market without borders gets the label against the week", () => {
  const others = [...stepBars(openForecast(forecast, "OTHERUSDT"), 0, BARS)];
  expect(others.map(({ state }) => stateOf(state)).join("")).toBe(states.week);
  expect(new Set(others.map(({ basis }) => basis))).toEqual(new Set(["week"]));
  for (const [i, bar] of kept.bars.entries()) {
    const { week } = rows[i] ?? never();
    const { change, posterior } = others[bar] ?? never();
    if (week === null) continue;
    expect(distance(change, week.change)).toBeLessThan(TOLERANCE);
    for (const [k, p] of week.probabilities.entries()) {
      expect(distance(posterior[k] ?? NaN, p)).toBeLessThan(TOLERANCE);
    }
  }
});

function never(): never {
  throw new Error("no such bar");
}
