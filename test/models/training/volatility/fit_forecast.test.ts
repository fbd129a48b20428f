import { readFileSync } from "node:fs";
import { z } from "zod";
import { expect, test } from "vitest";
import { forecastRows } from "../../../../core-wasm/core.ts";
import { loadCore } from "../../../../core-wasm/load.ts";
import { parseArtifact } from "../../../../models/artifact/read.ts";
import { runAdaptive } from "../../../../models/training/volatility/adaptive.ts";
import { labelChanges } from "../../../../models/training/volatility/change.ts";
import { evaluateDesign } from "../../../../models/training/volatility/design.ts";
import { fitForecast } from "../../../../models/training/volatility/fit_forecast.ts";
import { prepareHistory } from "../../../../models/training/volatility/history.ts";
import { runModel } from "../../../../models/training/volatility/run.ts";
import { readHistory } from "../../../../models/training/train_on_files.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { REAL_BLOCKS } from "../../../support/real_blocks.ts";
import { realDataTest, sharedData } from "../../../support/shared_data.ts";
import { stormyBars } from "../../evaluation/support.ts";

const LATER = Date.UTC(2024, 0) + 20_100 * MINUTE_MS;
const HISTORY = prepareHistory([
  { symbol: "STORMUSDT", runs: [stormyBars(20_000, 5), stormyBars(8_000, 6, LATER)] },
]);

const always = () => true;

test("the layer of errors is the one of the code that serves live", () => {
  const { forecast } = fitForecast(HISTORY, always);
  const run = runModel(HISTORY, forecast);
  for (const horizon of [15, 60] as const) {
    const { coef, bias, scale, z2_mean, z_quantiles } =
      forecast.horizons[horizon === 15 ? "15" : "60"];
    const { intercept, season, ...inputs } = coef;
    const [x5, x30, x240, x1440, week, ...others] = Object.values(inputs);
    const f0 = evaluateDesign(
      HISTORY,
      Float64Array.from([intercept, x5, x30, x240, x1440, week, ...season, ...others], Number),
    );
    const { f, a } = runAdaptive(HISTORY, horizon, f0, {
      bias: Float64Array.from(Object.values(bias)),
      scale: Float64Array.from(Object.values(scale)),
      squaredMean: z2_mean,
      quantiles: Float64Array.from(z_quantiles),
    });
    const live = run.distributions[horizon];
    let largest = 0;
    for (let row = 0; row < HISTORY.count; row++) {
      largest = Math.max(
        largest,
        Math.abs((f[row] ?? NaN) - (live.f[row] ?? NaN)),
        Math.abs((a[row] ?? NaN) - (live.a[row] ?? NaN)),
      );
    }
    expect(largest).toBeLessThan(1e-9);
  }
});

test("the fit draws nothing, and takes the calendar and the borders from the training rows alone", () => {
  const first = (row: number) => row < 15_000;
  const once = fitForecast(HISTORY, first).forecast;
  const other = prepareHistory([{ symbol: "STORMUSDT", runs: [stormyBars(15_061, 5)] }]);
  expect(fitForecast(HISTORY, first).forecast).toEqual(once);
  expect(fitForecast(other, first).forecast).toEqual(once);
});

test("each market of the training has its own absolute borders", () => {
  const history = prepareHistory([
    { symbol: "A", runs: [stormyBars(12_000, 1)] },
    { symbol: "B", runs: [stormyBars(12_000, 2)] },
  ]);
  const { forecast } = fitForecast(history, always);
  const { borders_absolute_y } = forecast.horizons["15"];
  expect(Object.keys(borders_absolute_y)).toEqual(["A", "B"]);
  expect(borders_absolute_y["A"]).not.toEqual(borders_absolute_y["B"]);
  const rows = history.markets.map(({ bars, symbol }) =>
    forecastRows(loadCore(), forecast, bars, symbol)
  );
  expect(runModel(history, forecast).regimes.absolute.state)
    .toEqual(Uint8Array.from(rows.flatMap(({ absolute }) => [...absolute.state])));
});

test("a label changes within the hour when another follows within 60 bars without a hole", () => {
  const history = prepareHistory([{ symbol: "A", runs: [stormyBars(200, 1)] }]);
  const state = new Uint8Array(200).fill(1);
  state.fill(255, 0, 10);
  state.fill(2, 100);
  const changes = labelChanges(history, state);
  expect([changes[9], changes[39], changes[40], changes[99], changes[100]]).toEqual([
    255,
    0,
    1,
    1,
    0,
  ]);
  expect([changes[139], changes[140]]).toEqual([0, 255]);
});

const REFERENCE = "../forecast/rec_params_visible.json";

const numbers = z.record(z.string(), z.number());
const referenceSchema = z.object({
  horizons: z.record(
    z.string(),
    z.object({
      coef: numbers,
      bias: numbers,
      scale: numbers,
      z2_mean: z.number(),
      z_quantiles: z.array(z.number()),
      borders_absolute_y: z.object({ BTCUSDT: z.array(z.number()) }),
      borders_week: z.array(z.number()),
    }),
  ),
});

realDataTest(
  "the fit to each real block by itself is the reference's, whose week differs in the third digit",
  [...REAL_BLOCKS, REFERENCE],
  async () => {
    const { sequences } = await readHistory(
      REAL_BLOCKS.map((file) => ({ path: sharedData(file), symbol: "BTCUSDT" })),
    );
    const history = prepareHistory(sequences.map((run) => ({ symbol: "BTCUSDT", runs: [run] })));
    const { forecast } = fitForecast(history, always);
    const reference = referenceSchema.parse(
      JSON.parse(readFileSync(sharedData(REFERENCE), "utf8")),
    );
    for (const name of ["15", "60"] as const) {
      const expected = reference.horizons[name];
      const { coef, bias, scale, ...found } = forecast.horizons[name];
      const { intercept, season, ...inputs } = coef;
      const [x5, x30, x240, x1440, week, ...others] = Object.values(inputs);
      const near = (
        values: readonly unknown[],
        of: readonly number[] | undefined,
        within: number,
      ) => {
        expect(values).toHaveLength(of?.length ?? NaN);
        for (const [i, value] of values.entries()) {
          expect(Math.abs(Number(value) - (of?.[i] ?? NaN))).toBeLessThan(within);
        }
      };
      // The outcomes are the same to rounding. The inputs are those of the reference's own bar by
      // bar code, which is not what its parameters were fitted with.
      near(found.borders_absolute_y["BTCUSDT"] ?? [], expected?.borders_absolute_y.BTCUSDT, 1e-9);
      near(
        [intercept, x5, x30, x240, x1440, week, ...season, ...others],
        Object.values(expected?.coef ?? {}),
        0.011,
      );
      near(Object.values(bias), Object.values(expected?.bias ?? {}), 0.002);
      near(Object.values(scale), Object.values(expected?.scale ?? {}), 0.002);
      near([found.z2_mean], [expected?.z2_mean ?? NaN], 0.001);
      near(found.borders_week, expected?.borders_week, 0.001);
      near(found.z_quantiles.slice(5, -5), expected?.z_quantiles.slice(5, -5), 0.005);
    }
  },
  300_000,
);

realDataTest(
  "the shipped model is the fit to all visible bars, bit for bit",
  REAL_BLOCKS,
  async () => {
    const file = new URL("../../../../models/volatility.json", import.meta.url);
    const shipped = parseArtifact(readFileSync(file, "utf8"), "volatility.json");
    if (!("forecast" in shipped)) throw new Error("Cannot test as the model must be a forecast");
    const { sequences } = await readHistory(
      REAL_BLOCKS.map((path) => ({ path: sharedData(path), symbol: "BTCUSDT" })),
    );
    const { forecast } = fitForecast(
      prepareHistory([{ symbol: "BTCUSDT", runs: sequences }]),
      always,
    );
    const { inputs: _inputs, log_score: _logScore, baseline: _baseline, ...fitted } =
      shipped.forecast;
    expect(forecast).toEqual(fitted);
  },
  300_000,
);
