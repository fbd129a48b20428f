import { expect, test } from "vitest";
import { reliabilityOf } from "../../../service/dashboard/data/reliability.ts";
import { makeLive } from "../../support/records.ts";

function factsOf(symbol: string, simulated = false) {
  return Object.fromEntries(
    reliabilityOf(makeLive(), symbol, simulated).map(({ name, value }) => [name, value]),
  );
}

test("shares are shown with the number of forecasts, or how many there are of those needed", () => {
  expect(factsOf("BTCUSDT")).toEqual({
    "15 min, day": "not yet: 150 of 200",
    "15 min, week": "79.2% of 9,000",
    "60 min, day": "not yet: 105 of 200",
    "60 min, week": "77.6% of 8,955",
    "Brier, week": "0.370, threshold 0.410",
    "Retrain": "momentum_5 has shifted",
  });
});

test("a model of another market says so", () => {
  expect(factsOf("ETHUSDT")).toMatchObject({
    "Brier, week": "–",
    "Trained on": "BTCUSDT, not on ETHUSDT",
  });
});

test("a model of real bars need not be trained again for a simulated market", () => {
  expect(factsOf("BTCUSDT", true)).toMatchObject({ "Trained on": "real bars, not simulated ones" });
  expect(factsOf("BTCUSDT", true)).not.toHaveProperty("Retrain");
});

test("before anything is known there are dashes", () => {
  expect(new Set(reliabilityOf(null, "BTCUSDT", false).map(({ value }) => value))).toEqual(
    new Set(["–"]),
  );
  expect(reliabilityOf(makeLive(), "NEWUSDT", false)).toEqual(
    reliabilityOf(null, "NEWUSDT", false),
  );
});
