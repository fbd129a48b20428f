import { describe, expect, it } from "vitest";
import { outputsOf } from "../../../service/dashboard/data/outputs.ts";
import { toPosteriors } from "../../../service/dashboard/data/posteriors.ts";
import {
  regimeColours,
  regimeName,
  regimeRuns,
  regimeShortName,
} from "../../../service/dashboard/data/regimes.ts";
import { summarize } from "../../../service/dashboard/data/summary.ts";
import { makeSignal } from "../../support/records.ts";
import { CLASSIC } from "./models.ts";

const REGIMES = CLASSIC.regimes;
const OUTPUTS = outputsOf(CLASSIC);

function inState(index: number, state: number, anomalous = false) {
  const probabilities = REGIMES.map((regime, each) =>
    [regime, each === state ? 0.8 : 0.1] as const
  );
  return {
    ...makeSignal(index),
    regime_state: state,
    regime_probabilities: Object.fromEntries(probabilities),
    is_anomaly: anomalous,
  };
}

describe("posteriors", () => {
  it("of one minute are those of the signal", () => {
    const [only] = toPosteriors([inState(0, 2)], OUTPUTS, REGIMES, 1);
    expect(only).toEqual({
      from: makeSignal(0).timestamp,
      to: makeSignal(1).timestamp,
      probabilities: [0.1, 0.1, 0.8],
      state: 2,
    });
  });

  it("of several minutes are their mean, which sums to one", () => {
    const posteriors = toPosteriors(
      [inState(0, 0), inState(1, 0), inState(2, 2)],
      OUTPUTS,
      REGIMES,
      3,
    );
    expect(posteriors).toHaveLength(1);
    expect(posteriors[0]?.state).toBe(0);
    const sum = posteriors[0]?.probabilities.reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1, 12);
    expect(posteriors[0]?.probabilities[0]).toBeCloseTo((0.8 + 0.8 + 0.1) / 3, 12);
  });
});

describe("minutes without output", () => {
  const without = { ...inState(1, 0, true), regime_probabilities: { calm: 0.4, storm: 0.6 } };

  it("have no posterior", () => {
    const posteriors = toPosteriors([inState(0, 2), without], OUTPUTS, REGIMES, 1);
    expect(posteriors.map(({ from }) => from)).toEqual([makeSignal(0).timestamp]);
  });

  it("count for anomalies, but not for regimes", () => {
    expect(summarize([inState(0, 2), without, inState(2, 2)], OUTPUTS, 3)).toEqual({
      shares: [0, 0, 1],
      changes: 0,
      anomalies: 1,
      anomalyRate: 1 / 3,
      missing: 0,
    });
  });
});

describe("runs of a regime", () => {
  it("end at a change of regime and at a missing minute", () => {
    const signals = [inState(0, 1), inState(1, 1), inState(2, 0), inState(5, 0)];
    const runs = regimeRuns(toPosteriors(signals, OUTPUTS, REGIMES, 1));
    const minute = (index: number) => makeSignal(index).timestamp;
    expect(runs).toEqual([
      { state: 1, from: minute(0), to: minute(2) },
      { state: 0, from: minute(2), to: minute(3) },
      { state: 0, from: minute(5), to: minute(6) },
    ]);
  });
});

describe("the summary of a span", () => {
  it("counts time in each regime, changes, anomalies and missing minutes", () => {
    const signals = [inState(0, 1), inState(1, 1), inState(2, 0, true), inState(5, 1)];
    expect(summarize(signals, OUTPUTS, 3)).toEqual({
      shares: [0.25, 0.75, 0],
      changes: 2,
      anomalies: 1,
      anomalyRate: 0.25,
      missing: 2,
    });
  });

  it("is null without signals", () => {
    expect(summarize([], OUTPUTS, 3)).toBeNull();
  });
});

describe("a regime", () => {
  it("is named after its key", () => {
    expect(regimeName("bearish_extreme")).toBe("Bearish Extreme");
    expect(regimeShortName("bearish_extreme")).toBe("Bearish");
  });

  it("that is directional is coloured from falling through neutral to rising", () => {
    expect(regimeColours(REGIMES)).toEqual(["var(--bear)", "var(--neutral)", "var(--bull)"]);
  });

  it("of volatility is coloured from calm to crisis, for any number of regimes", () => {
    expect(regimeColours(["stable", "volatile", "crisis"]))
      .toEqual(["var(--calm)", "var(--volatile)", "var(--crisis)"]);
    expect(regimeColours(["calm", "crisis"])).toEqual(["var(--calm)", "var(--crisis)"]);
    expect(new Set(regimeColours(["a", "b", "c", "d", "e"])).size).toBe(5);
  });
});
