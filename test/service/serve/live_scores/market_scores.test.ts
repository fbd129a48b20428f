import { expect, test } from "vitest";
import { MarketScores } from "../../../../service/serve/live_scores/market_scores.ts";
import { makeMinutes, makeRules, type Minute } from "./support.ts";

/** 15 minutes of 2 bp each have 2 sqrt(15) = 7.7 bp: the lowest tercile; 60 have 15.5 bp. */
const CALM_BP = 2;
/** A week of hours from the first minute's on. */
const ALL = [Math.floor(Date.UTC(2024, 4, 1) / 3_600_000) + 24, 48] as const;

function scored(minutes: readonly Minute[], symbol = "BTCUSDT") {
  const scores = new MarketScores(makeRules(), symbol);
  for (const { signal, output } of minutes) scores.push(signal, output);
  return scores.sums(...ALL);
}

test("a forecast is scored when its last minute is there, not before", () => {
  for (
    const [minutes, forecasts, forecasts60] of [[15, 0, 0], [16, 1, 0], [60, 45, 0], [61, 46, 1]]
  ) {
    const sums = scored(makeMinutes(minutes ?? 0, CALM_BP));
    expect([sums.forecasts, sums.forecasts60]).toEqual([forecasts, forecasts60]);
  }
});

test("an interval covers what lies from its 10 % to its 90 % quantile, each horizon its own", () => {
  const quantiles = (low: number, high: number) => ({
    volatility_bp: 1,
    quantiles: { "2.5": 0, "10": low, "25": 0, "50": 0, "75": 0, "90": high, "97.5": 0 },
  });
  const [quarter, hour] = [2 * Math.sqrt(15), 2 * Math.sqrt(60)];
  for (
    const [low, high, covered] of [[0.99, 1.01, 1], [1.01, 1.1, 0], [0.9, 0.99, 0]] as const
  ) {
    const forecast = {
      "15": quantiles(low * quarter, high * quarter),
      "60": quantiles(low * hour, high * hour),
    };
    const sums = scored(makeMinutes(100, CALM_BP, () => ({ forecast })));
    expect([sums.covered, sums.covered60]).toEqual([85 * covered, 40 * covered]);
  }
});

test("the label is scored against the tercile that came, absolutely or against the week", () => {
  const probabilities = { calm: 0.5, normal: 0.3, turbulent: 0.2 };
  const against = (week: number) => ({
    basis: "week" as const,
    probabilities,
    against_week: { state: 0, name: "Calm", level: Math.log(week), probabilities },
  });
  const brier = (p: number) => 0.25 + 0.09 + 0.04 - 2 * p + 1;
  for (
    const [output, bp, p] of [
      [{ probabilities }, CALM_BP, 0.5],
      [{ probabilities }, 4, 0.3],
      [{ probabilities }, 9, 0.2],
      // Borders e^-0.5 and e^0.5 times the week's level.
      [against(30), CALM_BP, 0.5],
      [against(7.7), CALM_BP, 0.3],
      [against(2), CALM_BP, 0.2],
    ] as const
  ) {
    const sums = scored(makeMinutes(16, bp, () => output));
    expect(sums.label).toBeCloseTo(brier(p), 12);
    expect(sums.log).toBeCloseTo(Math.log(p), 12);
    const entropy = 0.5 * Math.log(0.5) + 0.3 * Math.log(0.3) + 0.2 * Math.log(0.2);
    expect(sums.expected).toBeCloseTo(entropy, 12);
  }
});

test("the threshold speaks of absolute terciles only", () => {
  // A range of 2 bp, ln(2e-4 + 1e-5) = -8.5, is its lowest level.
  const sums = scored(makeMinutes(16, CALM_BP));
  expect(sums.thresholds).toBe(1);
  expect(sums.threshold).toBeCloseTo(0.09 + 0.04 + 0.01, 12);
  expect(scored(makeMinutes(16, CALM_BP, () => ({ basis: "week" })))).toMatchObject({
    forecasts: 1,
    thresholds: 0,
    threshold: 0,
  });
});

test("a change of the label in the next hour is one from the minute after the forecast to the 60th", () => {
  // The label of minute 61 differs: the forecasts of the minutes 1 to 60 see it, that of 0 does not.
  const minutes = makeMinutes(122, CALM_BP, (index) => ({
    state: index < 61 ? 0 : 1,
    change_within_60_minutes: 0.3,
  }));
  const sums = scored(minutes);
  expect(sums.changes).toBe(62);
  expect(sums.change).toBeCloseTo(60 * 0.49 + 2 * 0.09, 10);
});

test("forecasts that a missing minute is part of are never scored", () => {
  const minutes = makeMinutes(200, CALM_BP).filter((_, index) => index !== 100);
  const sums = scored(minutes);
  // Of the minutes 0 to 84 and 101 to 184; of the minutes 0 to 39 and 101 to 139.
  expect(sums.forecasts).toBe(85 + 84);
  expect(sums.forecasts60).toBe(40 + 39);
  expect(sums.changes).toBe(40 + 39);
});

test("history, nowcasts and minutes without a forecast are not scored; their prices count", () => {
  const minutes = makeMinutes(100, CALM_BP);
  const history = minutes.map(({ signal, output }, i) => ({
    signal: i < 50 ? { ...signal, backfill: true as const } : signal,
    output,
  }));
  expect(scored(history)).toMatchObject({ forecasts: 35, covered: 0, forecasts60: 0 });
  const silent = minutes.map(({ signal, output }, i) => ({
    signal,
    output: i < 50 ? { ...output, ready: false } : output,
  }));
  expect(scored(silent).forecasts).toBe(35);
  expect(
    scored(minutes.map(({ signal, output }) => ({
      signal: { ...signal, final: false },
      output,
    }))).forecasts,
  ).toBe(0);
});

test("shocks are counted among the scored minutes", () => {
  const sums = scored(makeMinutes(40, CALM_BP, (index) => ({ is_shock: index % 5 === 0 })));
  expect(sums.shocks).toBe(5);
});

test("a market whose absolute borders are gone is not scored by them", () => {
  expect(scored(makeMinutes(30, CALM_BP), "ETHUSDT").forecasts).toBe(0);
});

test("a week counts: what is older falls out", () => {
  const scores = new MarketScores(makeRules(), "BTCUSDT");
  const minutes = makeMinutes(8 * 1440, CALM_BP);
  for (const { signal, output } of minutes) scores.push(signal, output);
  const last = Math.floor((minutes.at(-1)?.signal.timestamp ?? 0) / 3_600_000);
  expect(scores.sums(last, 24).forecasts).toBe(1440 - 15);
  expect(scores.sums(last, 168).forecasts).toBe(7 * 1440 - 15);
  expect(scores.sums(last + 100, 168).forecasts).toBe((168 - 100) * 60 - 15);
});
