import { expect, test } from "vitest";
import type { Bar } from "../../../data/schema/bar.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { flatten } from "../../../data/files/csv.ts";
import { DEFAULT_MODELS } from "../../../service/config.ts";
import { Engine } from "../../../service/engine/engine.ts";
import { ModelRegistry } from "../../../service/engine/model_registry.ts";
import { createLog } from "../../../service/log.ts";
import { signalColumns } from "../../../data/schema/columns.ts";
import { makeBar } from "../../support/records.ts";

test.each([[DEFAULT_MODELS], [DEFAULT_MODELS.toReversed()], [["models/liquidity.json"]]])(
  "the columns of %s are those of the engine's signals, in their order",
  (files) => {
    const registry = new ModelRegistry({ models: files, expected: {} }, createLog("ERROR"));
    const engine = new Engine(loadCore(), registry.live, ["BTCUSDT"]);
    // The runner adds "state" to some.
    const columns = signalColumns(registry.status.descriptions)
      .filter((name) => name !== "state");
    const names = (index: number) => {
      const bar: Bar = { ...makeBar(index), backfill: true };
      const signal = engine.push(bar);
      return { ready: signal.ready, names: flatten(signal).map(([name]) => name) };
    };
    const { ready, names: first } = names(0);
    expect(ready).toBe(false);
    const groups = /^(models_\w+_|regime_)probabilities/;
    expect(first.filter((name) => !groups.test(name)))
      .toEqual(columns.filter((name) => !groups.test(name)));
    for (let index = 1; index < 10_079; index++) engine.advance(makeBar(index));
    expect(names(10_079)).toEqual({
      ready: true,
      names: columns.filter((name) => !/(^|_)(have|need)$/.test(name)),
    });
  },
);

test("without a model, the columns are those that no model decides on", () => {
  const columns = signalColumns([]);
  expect(columns).toContain("anomaly_score");
  expect(columns.filter((name) => /^(features|normalized|models)/.test(name))).toEqual([]);
});
