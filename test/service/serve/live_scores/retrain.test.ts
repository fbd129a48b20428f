import { expect, test } from "vitest";
import { MarketScores } from "../../../../service/serve/live_scores/market_scores.ts";
import { retrainReason } from "../../../../service/serve/live_scores/retrain.ts";
import { makeRules } from "./support.ts";

const NOTHING = new MarketScores(makeRules(), "BTCUSDT").sums(0, 1);
const BAND = [-0.7, -0.5] as const;

/** The sums of so many forecasts with a mean log score and its expectation. */
function weekOf(forecasts: number, score: number, expected: number) {
  return { ...NOTHING, forecasts, log: forecasts * score, expected: forecasts * expected };
}

test.each<[string, Record<string, number | null>, string | null]>([
  ["nothing has shifted", { momentum_5: 0.2, leverage_5: null }, null],
  ["a week's mood of the market is no shift", { volatility_240: 3, week: 6, volume_5: 1 }, null],
  [
    "momentum has shifted",
    { momentum_5: 0.312, leverage_5: null },
    "the week's values are not those of the training: momentum_5 (stability index 0.31, above 0.25)",
  ],
])("inputs: %s", (_, inputs, reason) => {
  expect(retrainReason(inputs, NOTHING, BAND)).toBe(reason);
});

test.each([
  ["a bad day is no week", weekOf(1440, -0.9, -0.6), BAND, null],
  ["inside the band", weekOf(9800, -0.69, -0.6), BAND, null],
  ["a hard week, as its forecasts say", weekOf(9800, -0.8, -0.77), BAND, null],
  [
    "worse than its forecasts say, and than every test",
    weekOf(9800, -0.812, -0.7),
    BAND,
    "the log score of a full week, -0.812, is 0.112 below what its forecasts expect " +
    "(usual: at most 0.05) and below every walk-forward test, -0.700",
  ],
  [
    "worse than its forecasts say, where no test says anything",
    weekOf(9800, -0.6, -0.5),
    null,
    "the log score of a full week, -0.600, is 0.100 below what its forecasts expect " +
    "(usual: at most 0.05)",
  ],
])("log score: %s", (_, week, band, reason) => {
  expect(retrainReason({}, week, band)).toBe(reason);
});
