import { describe, expect, it } from "vitest";
import { offeredModels, primaryModel, shownModel } from "../../../service/dashboard/data/model.ts";
import { opinionsOf } from "../../../service/dashboard/data/opinions.ts";
import { describeSwap } from "../../../service/dashboard/data/swap.ts";
import { makeSignal } from "../../support/records.ts";
import { CLASSIC, LIQUIDITY } from "./models.ts";

const BOTH = [CLASSIC, LIQUIDITY];

describe("the shown model", () => {
  it("is the liquidity model where one runs, else the primary", () => {
    expect(shownModel(BOTH, null)).toBe(LIQUIDITY);
    expect(shownModel([CLASSIC], null)).toBe(CLASSIC);
    expect(shownModel([CLASSIC, { ...LIQUIDITY, name: "mine" }], null)?.name).toBe("mine");
    expect(shownModel([], null)).toBeUndefined();
  });

  it("is the chosen one as long as it runs", () => {
    expect(shownModel(BOTH, "classic")).toBe(CLASSIC);
    expect(shownModel(BOTH, "gone")).toBe(LIQUIDITY);
  });

  it("is offered first; the primary stays the one that scores anomalies", () => {
    expect(offeredModels(BOTH)).toEqual([LIQUIDITY, CLASSIC]);
    expect(primaryModel(BOTH)).toBe(CLASSIC);
  });
});

describe("the opinion of", () => {
  const liquidity = {
    state: 2,
    name: "Crisis",
    confidence: 0.8,
    probabilities: { stable: 0.1, volatile: 0.1, crisis: 0.8 },
    seconds_in_state: 60,
    log_likelihood: -1,
  };
  const signal = { ...makeSignal(0), models: { liquidity } };

  it("the primary is a signal's top level", () => {
    expect(opinionsOf(CLASSIC)(signal)).toMatchObject({
      name: "Normal Market",
      confidence: 0.9,
      probabilities: { normal_market: 0.9 },
    });
  });

  it("another model is its own, and nothing where it did not run", () => {
    expect(opinionsOf(LIQUIDITY)(signal)).toBe(liquidity);
    expect(opinionsOf(LIQUIDITY)(makeSignal(0))).toBeUndefined();
  });

  it("a model with other regimes than now is left out, as from before a retraining", () => {
    const retrained = { ...LIQUIDITY, regimes: ["stable", "crisis"] };
    expect(opinionsOf(retrained)(signal)).toBeUndefined();
    expect(opinionsOf({ ...CLASSIC, regimes: ["bearish", "bullish"] })(signal)).toBeUndefined();
  });
});

describe("a change of models", () => {
  it("is told with the fingerprints before and after", () => {
    const after = [CLASSIC, { ...LIQUIDITY, fingerprint: "cccccccccccc" }];
    expect(describeSwap(BOTH, after)).toBe("Liquidity model cccccccc is live, was bbbbbbbb");
    expect(describeSwap([CLASSIC], BOTH)).toBe("Liquidity model bbbbbbbb is live");
  });

  it("is none where all compute what they did", () => {
    expect(describeSwap(BOTH, BOTH.toReversed())).toBe("");
  });
});
