import { expect, test } from "vitest";
import { reliabilityOf } from "../../../service/dashboard/data/reliability.ts";
import { makeLive } from "../../support/records.ts";

/** A market alone, unless several are asked for. */
function factsOf(symbol: string, { simulated = false, several = false } = {}) {
  const lists = reliabilityOf(makeLive(), symbol, several, simulated);
  return Object.fromEntries(
    [...lists.held, ...lists.errors, ...lists.fit].map(({ name, value }) => [name, value]),
  );
}

test("shares are shown with the number of forecasts, or how many there are of those needed", () => {
  expect(factsOf("BTCUSDT")).toEqual({
    "15 min, day": "not yet: 150 of 200",
    "15 min, week": "79.2% of 9,000",
    "60 min, day": "not yet: 105 of 200",
    "60 min, week": "77.6% of 8,955",
    "Regimes, day": "not yet",
    "Regimes, week": "0.370, threshold 0.410",
    "Change within 60 min, day": "not yet",
    "Change within 60 min, week": "0.160",
    "Trained on": "BTCUSDT",
    "Retrain": "momentum_5 has shifted",
  });
});

test("of several markets the week's scores of all follow those of the shown one once there are any", () => {
  expect(factsOf("ETHUSDT", { several: true })).toMatchObject({
    "15 min, week": "not yet: 150 of 200",
    "15 min, week, all markets": "79.2%",
    "60 min, week, all markets": "77.6%",
    "Regimes, week, all markets": "0.370",
    "Change, week, all markets": "0.160",
  });
  const live = makeLive();
  const young = { ...live, pooled: { ...live.pooled, week: live.pooled.day } };
  const { held, errors } = reliabilityOf(young, "ETHUSDT", true, false);
  expect([...held, ...errors].filter(({ name }) => name.includes("all markets"))).toEqual([]);
});

test("a model of another market says so", () => {
  expect(factsOf("ETHUSDT")).toMatchObject({
    "Regimes, week": "not yet",
    "Trained on": "BTCUSDT, not on ETHUSDT",
  });
});

test("a model of real bars need not be trained again for a simulated market", () => {
  expect(factsOf("BTCUSDT", { simulated: true })).toMatchObject({
    "Trained on": "real bars",
  });
  expect(factsOf("BTCUSDT", { simulated: true })).not.toHaveProperty("Retrain");
});

test("before anything is known there are dashes", () => {
  const { held, errors, fit } = reliabilityOf(null, "BTCUSDT", false, false);
  expect(new Set([...held, ...errors].map(({ value }) => value))).toEqual(new Set(["–"]));
  expect(fit.map(({ name, value }) => [name, value])).toEqual([["Trained on", "–"]]);
  expect(reliabilityOf(makeLive(), "NEWUSDT", false, false)).toEqual(
    reliabilityOf(null, "NEWUSDT", false, false),
  );
});
