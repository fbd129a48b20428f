import { expect, test } from "vitest";
import { MarketScores } from "../../../../service/serve/live_scores/market_scores.ts";
import { retrainReason } from "../../../../service/serve/live_scores/retrain.ts";
import { makeRules } from "./support.ts";

const NOTHING = new MarketScores(makeRules(), "BTCUSDT").sums(0, 1);
const BAND = [-0.7, -0.5] as const;

test.each<[string, Record<string, number | null>, number, number, string | null]>([
  ["nothing was scored and nothing has shifted", { momentum_5: 0.2 }, 0, 0, null],
  ["a week's mood of the market is no shift", { volatility_240: 3, week: 6 }, 0, 0, null],
  [
    "momentum has shifted",
    { momentum_5: 0.312, leverage_5: null },
    0,
    0,
    "the week's values are not those of the training: momentum_5 (stability index 0.31, above 0.25)",
  ],
  ["a bad day is no week", {}, 1440, -0.9, null],
  ["a week is inside the band", {}, 9800, -0.69, null],
  [
    "a week is below the band",
    {},
    9800,
    -0.712,
    "the log score of a full week, -0.712, is below that of every walk-forward test, -0.700",
  ],
])("%s", (_, inputs, forecasts, score, reason) => {
  const week = { ...NOTHING, forecasts, log: forecasts * score };
  expect(retrainReason(inputs, week, BAND)).toBe(reason);
});

test("where the tests say nothing of the log score, neither does it", () => {
  expect(retrainReason({}, { ...NOTHING, forecasts: 9800, log: -9800 }, null)).toBeNull();
});
