import { describe, expect, it } from "vitest";
import {
  describePromotion,
  offeredModels,
  primaryModel,
  shownModel,
} from "../../../service/dashboard/data/model.ts";
import { outputsOf } from "../../../service/dashboard/data/outputs.ts";
import { makeSignal } from "../../support/records.ts";
import { CLASSIC, LIQUIDITY } from "./models.ts";

const BOTH = [CLASSIC, LIQUIDITY];

describe("the shown model", () => {
  it("is a liquidity model if one is live, else the primary", () => {
    expect(shownModel(BOTH, null)).toBe(LIQUIDITY);
    expect(shownModel([CLASSIC], null)).toBe(CLASSIC);
    expect(shownModel([CLASSIC, { ...LIQUIDITY, name: "mine" }], null)?.name).toBe("mine");
    expect(shownModel([], null)).toBeUndefined();
  });

  it("is the chosen one while it is live", () => {
    expect(shownModel(BOTH, "classic")).toBe(CLASSIC);
    expect(shownModel(BOTH, "gone")).toBe(LIQUIDITY);
  });

  it("is first in the picker; the primary still scores anomalies", () => {
    expect(offeredModels(BOTH)).toEqual([LIQUIDITY, CLASSIC]);
    expect(primaryModel(BOTH)).toBe(CLASSIC);
  });
});

describe("the output of", () => {
  const liquidity = {
    ready: true,
    state: 2,
    name: "Crisis",
    confidence: 0.8,
    probabilities: { stable: 0.1, volatile: 0.1, crisis: 0.8 },
    seconds_in_state: 60,
    log_likelihood: -1,
  };
  const signal = { ...makeSignal(0), models: { liquidity } };

  it("the primary model is a signal's top level", () => {
    expect(outputsOf(CLASSIC)(signal)).toMatchObject({
      name: "Normal Market",
      confidence: 0.9,
      probabilities: { normal_market: 0.9 },
    });
  });

  it("another model is its entry in the signal, undefined if it did not run", () => {
    expect(outputsOf(LIQUIDITY)(signal)).toBe(liquidity);
    expect(outputsOf(LIQUIDITY)(makeSignal(0))).toBeUndefined();
  });

  it("a model from before a retraining with other regimes is undefined", () => {
    const retrained = { ...LIQUIDITY, regimes: ["stable", "crisis"] };
    expect(outputsOf(retrained)(signal)).toBeUndefined();
    expect(outputsOf({ ...CLASSIC, regimes: ["bearish", "bullish"] })(signal)).toBeUndefined();
  });
});

describe("the promotion of a model", () => {
  it("is described with the fingerprints before and after", () => {
    const after = [CLASSIC, { ...LIQUIDITY, fingerprint: "cccccccccccc" }];
    expect(describePromotion(BOTH, after)).toBe(
      "Liquidity model cccccccc is live, replacing bbbbbbbb",
    );
    expect(describePromotion([CLASSIC], BOTH)).toBe("Liquidity model bbbbbbbb is live");
  });

  it("is not described when no fingerprint changed", () => {
    expect(describePromotion(BOTH, BOTH.toReversed())).toBe("");
  });
});
