/** The volatility forecast on a block of real bars with holes, against rec_model.py run live. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { ForecastBars, VolatilityResult } from "../../core-wasm/core.ts";
import { stepBars } from "../core-wasm/forecast_support.ts";
import { openForecast } from "../core-wasm/open_forecast.ts";
import { NO_PYTHON, python } from "../support/python.ts";
import { realDataTest, sharedData } from "../support/shared_data.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { coreForecast } from "./vectors.ts";

const SCRIPT = fileURLToPath(new URL("./real_forecast.py", import.meta.url));
const KLINES = "klines/BTCUSDT-spot-1m-ohlcv-20240101-20240121.csv.gz";
const MODEL = "../forecast/rec_model.py";

/** Numbers of an output. */
const COLUMNS = 33;
/** Those that must be the same: shock, and state and minutes of both labels. */
const EXACT = new Set([20, 24, 25, 29, 30]);
/** Relative to numbers above 1: Python's logarithms may differ from the core's in the last bit. */
const TOLERANCE = 1e-12;

function readRows(folder: string, name: string): Float64Array {
  return new Float64Array(Uint8Array.from(readFileSync(join(folder, name))).buffer);
}

function readBars(folder: string): ForecastBars {
  const rows = readRows(folder, "bars.f64");
  const column = (offset: number) =>
    Float64Array.from({ length: rows.length / 4 }, (_, bar) => rows[4 * bar + offset] ?? NaN);
  return { times: column(0), open: column(1), close: column(2), volume: column(3) };
}

/** A result's numbers in the order of a row of real_forecast.py. */
function numbersOf(result: VolatilityResult, weekChange: number): number[] {
  const { horizons, weekLevel, shockScore, isShock, week } = result;
  return [
    ...horizons.flatMap(({ location, scale }) => [location, scale]),
    ...horizons.flatMap(({ quantiles }) => quantiles),
    ...[weekLevel, shockScore, Number(isShock)],
    ...[...result.posterior, result.state, result.barsInState],
    ...[...week.posterior, week.state, week.barsInState],
    ...[result.change, weekChange],
  ];
}

/** How far numbers are apart at most, and how many labels and flags differ. */
class Comparison {
  farthest = 0;
  compared = 0;
  different = 0;

  add(found: readonly number[], expected: Float64Array): void {
    if (Number.isNaN(expected[0])) return;
    this.compared++;
    for (const [i, number] of expected.entries()) {
      const distance = Math.abs((found[i] ?? NaN) - number);
      if (EXACT.has(i)) {
        this.different += Number(distance !== 0);
        continue;
      }
      // Written so that NaN counts.
      const relative = distance / Math.max(1, Math.abs(number));
      if (!(relative <= this.farthest)) this.farthest = relative;
    }
  }
}

function compare(python: string): void {
  const folder = temporaryFolder();
  const files = [dirname(sharedData(MODEL)), sharedData(KLINES), folder];
  const { status, stderr } = spawnSync(python, ["-B", SCRIPT, ...files], { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const forecast = coreForecast.parse(
    JSON.parse(readFileSync(join(folder, "forecast.json"), "utf8")),
  );
  const bars = readBars(folder);
  // A market without borders has the change of the label against the week.
  const others = stepBars(openForecast(forecast), 0, bars);
  const names = ["theirs.f64", "ours.f64"] as const;
  const expected = names.map((name) => readRows(folder, name));
  const comparisons = names.map(() => new Comparison());
  let bar = 0;
  for (const result of stepBars(openForecast(forecast, "BTCUSDT"), 0, bars)) {
    const other = others.next();
    const found = numbersOf(result, other.done ? NaN : other.value.change);
    for (const [i, comparison] of comparisons.entries()) {
      comparison.add(found, expected[i]?.subarray(bar * COLUMNS, (bar + 1) * COLUMNS) ?? never());
    }
    bar++;
  }
  expect(bar).toBeGreaterThan(26_000);
  for (const { farthest, compared, different } of comparisons) {
    expect(compared).toBe(bar - 2 * (forecast.need - 1));
    expect(different).toBe(0);
    expect(farthest).toBeLessThan(TOLERANCE);
  }
}

function never(): never {
  throw new Error("no such row");
}

const NAME = "on real bars with holes the forecast equals rec_model.py, labels and flags exactly";
const found = python;
if (found === undefined) test.skip(`${NAME} (${NO_PYTHON})`, () => {});
else realDataTest(NAME, [KLINES, MODEL], () => Promise.resolve(compare(found)));
