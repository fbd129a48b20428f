import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  ArtifactError,
  fingerprint,
  formatArtifact,
  parseArtifact,
  requireHmm,
} from "../../../models/artifact/read.ts";
import { damaged } from "./damage.ts";

const SHIPPED = readFileSync(new URL("../../../models/volatility.json", import.meta.url), "utf8");

const damage = (path: readonly (string | number)[], value?: unknown) =>
  damaged(SHIPPED, ["forecast", ...path], value);

test("the shipped model is valid and small; what is written is read back, with a table on a line", () => {
  const artifact = parseArtifact(SHIPPED, "models/volatility.json");
  expect(artifact).toMatchObject({ name: "volatility", features: { preset: "volatility" } });
  expect(SHIPPED.length).toBeLessThan(200_000);
  const text = formatArtifact(artifact);
  expect(parseArtifact(text, "f")).toEqual(artifact);
  for (const written of [text, SHIPPED]) {
    // Each coefficient has a line of its own.
    expect(written).toMatch(/^ +"week": -?[\d.e-]+,$/m);
    expect(written).toMatch(/^ +"z_quantiles": \[.*\],$/m);
  }
});

const quarter = (...path: readonly (string | number)[]) => ["horizons", "15", ...path];

test.each<[string, readonly (string | number)[], unknown]>([
  ["need: Too small", ["need"], 0],
  ["label_margin: Too big", ["label_margin"], 1.5],
  ["horizons.15: Invalid input: expected object", ["horizons", "15"], undefined],
  ["horizons.15.coef.week: Invalid input: expected number", quarter("coef", "week"), undefined],
  ["horizons.15.coef.week: Too big", quarter("coef", "week"), 1e300],
  ["horizons.15.coef.season: Too small", quarter("coef", "season"), [1]],
  ["horizons.15.coef: Unrecognized key", quarter("coef", "moon"), 1],
  ["horizons.15.bias.error_240: Invalid input: expected number, received null", [
    ...quarter("bias", "error_240"),
  ], null],
  ["horizons.15.scale.short_change: Invalid input", quarter("scale", "short_change"), "x"],
  ["horizons.15.z2_mean: Too small", quarter("z2_mean"), 0],
  ["horizons.15.z_quantiles: Too small", quarter("z_quantiles"), [1, 2]],
  ["horizons.15.z_quantiles[1000]: must be at least the one before", [
    ...quarter("z_quantiles", 1000),
  ], -99],
  ["horizons.15.borders_absolute_y.BTCUSDT[1]: must be above the first, 3", [
    ...quarter("borders_absolute_y", "BTCUSDT"),
  ], [3, 3]],
  ["horizons.15.borders_week: Too small", quarter("borders_week"), [0]],
  ["change_within_60.absolute.w: Too small", ["change_within_60", "absolute", "w"], [0]],
  ["shock.alarms_a_day: Too big", ["shock", "alarms_a_day"], 1441],
  ["shock.start: Too small", ["shock", "start"], 0],
  ["inputs.week: Invalid input: expected array", ["inputs", "week"], undefined],
  ["inputs.week[1]: must be at least the one before, 2", ["inputs", "week"], [
    ...[2, 1, 3, 4, 5, 6, 7, 8, 9],
  ]],
  ["log_score.mean: must be from -0.6 to -0.5", ["log_score"], {
    mean: -0.7,
    low: -0.6,
    high: -0.5,
  }],
  ["baseline.quantity: Invalid input", ["baseline", "quantity"], "volume"],
  ["baseline.down[0]: must be at most the border upwards", ["baseline", "down", 0], -8],
  ["baseline.table[2]: must sum to 1: current sum is 0.6", ["baseline", "table", 2], [
    ...[0.2, 0.2, 0.2],
  ]],
])("a damaged forecast is refused in one line: %s", (message, path, value) => {
  const read = () => parseArtifact(damage(path, value), "my.json");
  expect(read).toThrow(ArtifactError);
  expect(read).toThrow(`my.json: forecast.${message}`);
  expect(read).not.toThrow("\n");
});

test.each<[string, readonly (string | number)[], unknown]>([
  [
    'features.names[4]: must be "week": current value is "month"',
    ["features", "names", 4],
    "month",
  ],
  ["features.names: must have 15 elements: current value is 0", ["features", "names"], []],
  ["features.preset: Invalid option", ["features", "preset"], "mine"],
  ["forest: Invalid input: expected object, received undefined", ["features"], {
    preset: "classic",
    names: ["momentum", "volatility_proxy", "activity_ratio"],
    windows: { rolling: 20 },
  }],
  ['training: Unrecognized key: "seed"', ["training", "seed"], 1],
])("an artifact is what its preset says: %s", (message, path, value) => {
  expect(() => parseArtifact(damaged(SHIPPED, path, value), "f")).toThrow(`f: ${message}`);
});

test("a model without walk-forward tests has no log score", () => {
  expect(parseArtifact(damage(["log_score"], null), "f")).toMatchObject({
    forecast: { log_score: null },
  });
});

test("the fingerprint depends on what signals hold, not on what forecasts are judged by", () => {
  const own = fingerprint(SHIPPED);
  const judged: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [["log_score"], null],
    [["inputs", "week", 0], -100],
    [["baseline", "table", 0], [1, 0, 0]],
  ];
  for (const [path, value] of judged) expect(fingerprint(damage(path, value))).toBe(own);
  const computed: readonly (readonly [readonly (string | number)[], unknown])[] = [
    [["need"], 300],
    [["horizons", "60", "coef", "season", 30], 0.5],
    [["horizons", "15", "borders_absolute_y", "ETHUSDT"], [1, 2]],
    [["shock", "step"], 0.02],
  ];
  for (const [path, value] of computed) expect(fingerprint(damage(path, value))).not.toBe(own);
  expect(fingerprint(damaged(SHIPPED, ["name"], "mine"))).not.toBe(own);
});

test("what needs a forest and an HMM refuses it in one line", () => {
  expect(() => requireHmm(parseArtifact(SHIPPED, "f"))).toThrow(
    "Cannot use the model volatility as its preset must be classic: current value is volatility",
  );
});
