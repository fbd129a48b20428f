/** Loads the given kline files in a process of its own and prints the times as JSON. */
import process from "node:process";
import { computeFeatures, FEATURE_INPUTS } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { History } from "../../data/sql/history.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { classicFeatures } from "../../models/training/classic_features.ts";
import { now } from "./measure.ts";

/** The feature inputs of all bars, bar after bar. */
function readBars(history: History): Float64Array {
  const names = FEATURE_INPUTS.join(", ");
  const columns = history.columns(`SELECT ${names} FROM bars ORDER BY open_time`);
  const stride = FEATURE_INPUTS.length;
  const bars = new Float64Array(stride * (columns.open?.length ?? 0));
  for (const [i, name] of FEATURE_INPUTS.entries()) {
    const column = columns[name] ?? new Float64Array();
    for (let row = 0; row < column.length; row++) bars[stride * row + i] = column[row] ?? NaN;
  }
  return bars;
}

const started = now();
using history = await History.open({ bars: process.argv.slice(2) });
const loaded = now();
const bars = readBars(history);
const queried = now();
const rows = bars.length / FEATURE_INPUTS.length;
const before = now();
computeFeatures(loadCore(), classicFeatures(readParameters().window), bars, [rows]);
console.log(JSON.stringify({
  rows,
  gaps: history.barsReports.flatMap(({ gaps }) => gaps).length,
  load: loaded - started,
  query: queried - loaded,
  features: now() - before,
  peak_kib: process.resourceUsage().maxRSS,
}));
