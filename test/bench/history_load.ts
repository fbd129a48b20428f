/** Loads the kline files that it is given, in a process of its own; tells what it took as JSON. */
import process from "node:process";
import { BAR_COLUMNS, computeFeatures } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { History } from "../../data/sql/history.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { PRESETS } from "../../models/training/presets.ts";
import { now } from "./measure.ts";

const OHLCV = ["open", "high", "low", "close", "volume"];

/** The columns of a table, side by side: bar after bar, as the core takes them. */
function readBars(history: History): Float64Array {
  const columns = history.columns(`SELECT ${OHLCV.join(", ")} FROM bars ORDER BY open_time`);
  const bars = new Float64Array(BAR_COLUMNS * (columns.open?.length ?? 0));
  for (const [i, name] of OHLCV.entries()) {
    const column = columns[name] ?? new Float64Array();
    for (let row = 0; row < column.length; row++) bars[BAR_COLUMNS * row + i] = column[row] ?? NaN;
  }
  return bars;
}

const start = now();
using history = await History.open({ bars: process.argv.slice(2) });
const loaded = now();
const bars = readBars(history);
const queried = now();
const rows = bars.length / BAR_COLUMNS;
const { window } = readParameters();
const features = (["classic", "liquidity"] as const).map((preset) => {
  const begun = now();
  computeFeatures(loadCore(), PRESETS[preset].features(window), bars, [rows], [0]);
  return [preset, now() - begun] as const;
});
console.log(JSON.stringify({
  rows,
  gaps: history.quality.flatMap(({ gaps }) => gaps).length,
  load: loaded - start,
  query: queried - loaded,
  features: Object.fromEntries(features),
  peak_kib: process.resourceUsage().maxRSS,
}));
