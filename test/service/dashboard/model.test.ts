import { describe, expect, it } from "vitest";
import {
  describePromotion,
  hasForest,
  offeredModels,
  primaryModel,
  shownModel,
} from "../../../service/dashboard/data/model.ts";
import { outputsOf } from "../../../service/dashboard/data/outputs.ts";
import { makeSignal, makeVolatilityOutput, makeVolatilitySignal } from "../../support/records.ts";
import { CLASSIC, VOLATILITY } from "./models.ts";

const BOTH = [CLASSIC, VOLATILITY];

describe("the shown model", () => {
  it("is a volatility model if one is live, else the primary", () => {
    expect(shownModel(BOTH, null)).toBe(VOLATILITY);
    expect(shownModel([CLASSIC], null)).toBe(CLASSIC);
    expect(shownModel([CLASSIC, { ...VOLATILITY, name: "mine" }], null)?.name).toBe("mine");
    expect(shownModel([], null)).toBeUndefined();
  });

  it("is the chosen one while it is live", () => {
    expect(shownModel(BOTH, "classic")).toBe(CLASSIC);
    expect(shownModel(BOTH, "gone")).toBe(VOLATILITY);
  });

  it("is first in the picker; the primary still scores anomalies", () => {
    expect(offeredModels(BOTH)).toEqual([VOLATILITY, CLASSIC]);
    expect(primaryModel(BOTH)).toBe(CLASSIC);
  });
});

describe("the output of", () => {
  const volatility = makeVolatilityOutput();
  const signal = { ...makeSignal(0), models: { volatility } };

  it("the primary model is a signal's top level", () => {
    expect(outputsOf(CLASSIC)(signal)).toMatchObject({
      name: "Normal Market",
      confidence: 0.9,
      probabilities: { normal_market: 0.9 },
    });
  });

  it("another model is its entry in the signal, undefined if it did not run", () => {
    expect(outputsOf(VOLATILITY)(signal)).toBe(volatility);
    expect(outputsOf(VOLATILITY)(makeSignal(0))).toBeUndefined();
  });

  it("a volatility model that is the primary one is a signal's top level", () => {
    const primary = { ...VOLATILITY, primary: true };
    expect(outputsOf(primary)(makeVolatilitySignal(0))).toEqual(volatility);
  });

  it("a volatility model that was the primary one then is the top level, and no other is", () => {
    const before = makeVolatilitySignal(0);
    expect(outputsOf(VOLATILITY)(before)).toEqual(volatility);
    expect(outputsOf({ ...CLASSIC, regimes: VOLATILITY.regimes })(before)).toBeUndefined();
    const swapped = { ...before, models: { volatility } };
    expect(outputsOf({ ...VOLATILITY, primary: true })(swapped)).toBe(volatility);
  });

  it("a model that became the primary one was beside it before", () => {
    const primary = { ...VOLATILITY, primary: true };
    expect(outputsOf(primary)(signal)).toBe(volatility);
    expect(outputsOf(primary)(makeSignal(0))).toBeUndefined();
  });

  it("a model from before a retraining with other regimes is undefined", () => {
    const retrained = { ...VOLATILITY, regimes: ["calm", "turbulent"] };
    expect(outputsOf(retrained)(signal)).toBeUndefined();
    expect(outputsOf({ ...CLASSIC, regimes: ["bearish", "bullish"] })(signal)).toBeUndefined();
  });
});

describe("anomaly scores", () => {
  it("need a forest of the primary model, of which nothing is known before the models are", () => {
    expect(hasForest([])).toBe(true);
    expect(hasForest(BOTH)).toBe(true);
    expect(hasForest([{ ...VOLATILITY, primary: true }])).toBe(false);
    expect(hasForest([{ ...VOLATILITY, primary: true }, { ...CLASSIC, primary: false }]))
      .toBe(false);
  });
});

describe("the promotion of a model", () => {
  it("is described with the fingerprints before and after", () => {
    const after = [CLASSIC, { ...VOLATILITY, fingerprint: "cccccccccccc" }];
    expect(describePromotion(BOTH, after)).toBe(
      "Volatility model cccccccc is live, replacing bbbbbbbb",
    );
    expect(describePromotion([CLASSIC], BOTH)).toBe("Volatility model bbbbbbbb is live");
  });

  it("is not described when no fingerprint changed", () => {
    expect(describePromotion(BOTH, BOTH.toReversed())).toBe("");
  });
});
