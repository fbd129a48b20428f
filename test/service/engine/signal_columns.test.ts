import { expect, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import { flatten } from "../../../data/files/csv.ts";
import { DEFAULT_MODELS } from "../../../service/config.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { signalColumns } from "../../../data/schema/columns.ts";
import { makeBar } from "../../support/records.ts";

/** Columns of fields that few signals have. */
const AT_TIMES = new Set(["state"]);

test.each([[DEFAULT_MODELS], [DEFAULT_MODELS.toReversed()], [["models/liquidity.json"]]])(
  "the columns of %s are those of the engine's signals, in their order",
  (files) => {
    const registry = new ModelRegistry({ models: files, expected: {} }, createLog("ERROR"));
    const signal = new Engine(loadCore(), registry.live, ["BTCUSDT"]).push(makeBar(0));
    const columns = signalColumns(registry.status.descriptions);
    expect(columns.filter((name) => !AT_TIMES.has(name))).toEqual(
      flatten(signal).map(([name]) => name),
    );
  },
);

test("without a model, the columns are those that no model decides on", () => {
  const columns = signalColumns([]);
  expect(columns).toContain("anomaly_score");
  expect(columns.filter((name) => /^(features|normalized|models)/.test(name))).toEqual([]);
});
