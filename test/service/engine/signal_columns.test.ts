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

test.each([[DEFAULT_MODELS], [DEFAULT_MODELS.toReversed()], [["models/volatility.json"]]])(
  "the columns of %s are the names in the engine's signals, ready or not",
  (files) => {
    const registry = new ModelRegistry({ models: files, expected: {} }, createLog("ERROR"));
    const engine = new Engine(loadCore(), registry.live, ["BTCUSDT"]);
    // The runner adds "state" to some.
    const columns = signalColumns(registry.status.descriptions)
      .filter((name) => name !== "state");
    expect(new Set(columns).size).toBe(columns.length);
    const names = (index: number) => {
      const bar: Bar = { ...makeBar(index), backfill: true };
      const signal = engine.push(bar);
      return { ready: signal.ready, names: flatten(signal).map(([name]) => name) };
    };
    const { ready, names: first } = names(0);
    expect(ready).toBe(false);
    // Of a model that is not ready, a name that is null stands for a group of columns.
    const group =
      /(^|_)(probabilities|forecast|against_week|contributions)(_(?!within)|$)|^regime_probabilities/;
    expect(first.filter((name) => !group.test(name)).sort())
      .toEqual(columns.filter((name) => !group.test(name)).sort());
    for (let index = 1; index < 4_320; index++) engine.advance(makeBar(index));
    const last = names(4_320);
    expect(last.ready).toBe(true);
    expect(last.names.sort())
      .toEqual(columns.filter((name) => !/(^|_)(have|need)$/.test(name)).sort());
  },
);

test("without a model, the columns are those that no model decides on", () => {
  const columns = signalColumns([]);
  expect(columns).toContain("anomaly_score");
  expect(columns.filter((name) => /^(features|normalized|models)/.test(name))).toEqual([]);
});
