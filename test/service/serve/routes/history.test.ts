import { expect, test } from "vitest";
import type { ModelOutput } from "../../../../data/schema/signal.ts";
import {
  makeBar,
  makeSignal,
  makeVolatilityOutput,
  makeWarmingSignal,
  makeWarmingVolatility,
  START,
} from "../../../support/records.ts";
import { setUp } from "../support.ts";

const BARS = [0, 1, 2].map((i) => makeBar(i));

test("history is a JSON array, oldest first, of the very records that are kept", async () => {
  const response = await setUp({ bars: BARS })
    .request(`/api/v1/bars?symbol=BTCUSDT&from=${START + 60_000}`);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(response.headers.get("cache-control")).toBe("no-store, no-transform");
  expect(await response.json()).toEqual(BARS.slice(1));
});

test("the latest records that match are given, up to the limit", async () => {
  const response = await setUp({ bars: BARS })
    .request(`/api/v1/bars?to=${START + 60_000}&limit=1`);
  expect(await response.json()).toEqual([makeBar(1)]);
});

test("history comes as CSV with nested names joined by an underscore", async () => {
  const response = await setUp({ signals: [makeSignal(0)] })
    .request("/api/v1/signals?format=csv");
  expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  const lines = (await response.text()).split("\n");
  expect(lines[0]).toMatch(/^schema,symbol,.*regime_probabilities_bearish_extreme/);
  expect(lines[1]).toMatch(/^1,BTCUSDT,/);
});

test("a model that is not ready leaves its cells empty and adds no columns", async () => {
  const signals = [makeWarmingSignal(0, 9, 20), makeSignal(1)];
  const csv = async (wanted: typeof signals) => {
    const response = await setUp({ signals: wanted }).request("/api/v1/signals?format=csv");
    const [header = "", ...lines] = (await response.text()).trimEnd().split("\n");
    const names = header.split(",");
    return lines.map((line) =>
      Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell]))
    );
  };
  const [warming, ready] = await csv(signals);
  expect(warming).toMatchObject({
    ...{ close: "101", features_momentum: "0.001", features_activity_ratio: "", regime_name: "" },
    ...{
      regime_probabilities_normal_market: "",
      is_anomaly: "",
      anomaly_score: "",
      ready: "false",
    },
    ...{ have: "9", need: "20" },
  });
  expect(ready).toMatchObject({
    ready: "true",
    have: "",
    regime_probabilities_normal_market: "0.9",
  });
  expect(Object.keys(warming ?? {})).toEqual(Object.keys((await csv([makeSignal(1)]))[0] ?? {}));
});

test("a table that begins before a model is ready has the columns of its forecasts, empty", async () => {
  const models = ["models/classic.json", "models/volatility.json"];
  const csv = async (...outputs: readonly ModelOutput[]) => {
    const signals = outputs.map((volatility, i) => ({ ...makeSignal(i), models: { volatility } }));
    const response = await setUp({ models, signals }).request("/api/v1/signals?format=csv");
    return (await response.text()).trimEnd().split("\n").map((line) => line.split(","));
  };
  const warming = makeWarmingVolatility(9, 4320);
  const [header = [], first = [], second = []] = await csv(warming, makeVolatilityOutput());
  const column = header.indexOf("models_volatility_forecast_15_quantiles_2_5");
  expect([first[column], second[column]]).toEqual(["", "9.1"]);
  expect([first, second].map((row) => row[header.indexOf("models_volatility_basis")]))
    .toEqual(["", "absolute"]);
  expect((await csv(warming))[0]).toEqual(header);
});

test.each([
  ["signals", /^schema,symbol,source,.*,regime_probabilities_bearish_extreme,.*\n$/],
  ["bars", /^symbol,timestamp,close_time,.*\n$/],
])("a table of no %s has its header", async (path, header) => {
  const response = await setUp().request(`/api/v1/${path}?format=csv`);
  expect(await response.text()).toMatch(header);
});
