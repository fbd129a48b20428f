import { expect, test } from "vitest";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { historyShortfall } from "../../../service/engine/warm_up.ts";

const CLASSIC = "models/classic.json";
const VOLATILITY = "models/volatility.json";

test.each([[[CLASSIC, VOLATILITY]], [[VOLATILITY, CLASSIC]]])(
  "settings of a forest and an HMM must agree with the model that has them: %s",
  (models) => {
    const load = (expected: Parameters<typeof loadModels>[0]["expected"]) =>
      loadModels({ models, expected });
    expect(load({ contamination: 0.05, states: 3, window: 20 })).toHaveLength(2);
    expect(() => load({ contamination: 0.01 })).toThrow(
      "ISOLATION_FOREST_CONTAMINATION must be 0.05, which the model classic was trained with, or " +
        'unset: current value is "0.01"',
    );
    expect(() => load({ states: 4 })).toThrow("HMM_N_COMPONENTS must be 3");
    expect(() => load({ window: 21 })).toThrow("FEATURE_WINDOW_SIZE must be 20");
  },
);

test("where no model has a forest and an HMM, their settings refuse nothing", () => {
  const expected = { contamination: 0.01, states: 4, window: 21 };
  expect(loadModels({ models: [VOLATILITY], expected })).toHaveLength(1);
});

test("a model that needs more history says so in the setting's days", () => {
  const models = loadModels({ models: [CLASSIC, VOLATILITY], expected: {} });
  expect(historyShortfall(models, { historyMinutes: 1500, historyDays: 1 })).toBe(
    "HISTORY_DAYS must be more for the models to be fully warm: volatility needs 8 days, current " +
      "value is 1",
  );
  expect(historyShortfall(models, { historyMinutes: 8 * 1440, historyDays: 8 })).toBeNull();
});
