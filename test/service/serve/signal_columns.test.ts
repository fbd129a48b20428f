import { expect, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import { flatten } from "../../../data/files/csv.ts";
import { DEFAULT_MODELS } from "../../../service/config.ts";
import { describeModels } from "../../../service/engine/describe_model.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { signalColumns } from "../../../service/serve/signal_columns.ts";
import { makeBar } from "../../support/records.ts";

test.each([[DEFAULT_MODELS], [DEFAULT_MODELS.toReversed()], [["models/liquidity.json"]]])(
  "the columns of %s are those of the engine's signals, in their order",
  (files) => {
    const models = loadModels({ models: files, expected: {} });
    const signal = new Engine(loadCore(), models, ["BTCUSDT"]).push(makeBar(0));
    expect(signalColumns(describeModels(models))).toEqual(flatten(signal).map(([name]) => name));
  },
);

test("without a model, the columns are those that no model decides on", () => {
  const columns = signalColumns([]);
  expect(columns).toContain("anomaly_score");
  expect(columns.filter((name) => /^(features|normalized|models)/.test(name))).toEqual([]);
});
