import { expect, test } from "vitest";
import { loadCore } from "../../../core-wasm/load.ts";
import { DEFAULT_MODELS } from "../../../service/config.ts";
import { flatten } from "../../../data/files/csv.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { loadModels } from "../../../service/engine/loaded_model.ts";
import { signalColumns } from "../../../service/engine/signal_columns.ts";
import { makeBar } from "../../support/records.ts";

test.each([[DEFAULT_MODELS], [DEFAULT_MODELS.toReversed()], [["models/liquidity.json"]]])(
  "the columns of %s are those of the engine's signals, in their order",
  (files) => {
    const models = loadModels({ models: files, expected: {} });
    const signal = new Engine(loadCore(), models, ["BTCUSDT"]).push(makeBar(0));
    expect(signalColumns(models)).toEqual(flatten(signal).map(([name]) => name));
  },
);
