/**
 * Re-scores bars with a model in plain Node: bars CSV in, regimes CSV out. It needs the built core
 * (core-wasm/core.wasm), a model artifact, and no package.
 *
 *   npx deno task build
 *   curl 'http://localhost:8501/api/v1/bars?limit=10000&format=csv' > bars.csv
 *   node examples/rescore.mjs bars.csv models/classic.json > regimes.csv
 *
 * The first file is a table with at least the columns timestamp (open time, ms UTC), open, high,
 * low, close and volume, and symbol when there are several markets; or a Binance kline file without
 * a header (times in ms or us). Rows must be in order of time within a symbol. Without its symbol a
 * market's volatility regimes are those against its week.
 *
 * The numbers are those of the service bit for bit, given the same bars from the same first bar.
 * Until the model's windows are filled a row says `ready` false and how many bars it has of those
 * it needs, and its other cells are empty. A filter that starts later has forgotten less: its first
 * rows that are ready differ, by less and less.
 */
import { readFileSync } from "node:fs";
import process from "node:process";
import { ClassicModel } from "./rescore/classic.mjs";
import { VolatilityModel } from "./rescore/volatility.mjs";
import { allocated, floats } from "./rescore/memory.mjs";

const MINUTE_MS = 60_000;
/** Columns of a Binance kline file; the six behind them are not needed. */
const KLINE_COLUMNS = ["timestamp", "open", "high", "low", "close", "volume"];
/** Larger times are microseconds. */
const MAX_MS = 1e14;
/** Longest run of missing minutes that the core takes, a 32-bit integer. */
const MAX_SKIP = 2 ** 31 - 1;

/** Bars of a CSV file, one after the other. */
function* readBars(path) {
  const lines = readFileSync(path, "utf8").split(/\r?\n/).filter((line) => line !== "");
  const columns = /^\d/.test(lines[0] ?? "") ? KLINE_COLUMNS : lines.shift()?.split(",") ?? [];
  const missing = KLINE_COLUMNS.find((name) => !columns.includes(name));
  if (missing !== undefined) {
    throw new Error(`Cannot read ${path} as it must have the column ${missing}`);
  }
  for (const [i, line] of lines.entries()) {
    const cells = line.split(",");
    const bar = { symbol: cells[columns.indexOf("symbol")] ?? "" };
    for (const name of KLINE_COLUMNS) {
      const text = cells[columns.indexOf(name)] ?? "";
      bar[name] = text === "" ? NaN : Number(text);
      if (!Number.isFinite(bar[name])) {
        throw new Error(
          `Cannot read ${path} as ${name} of bar ${i + 1} must be a number: ` +
            `current value is "${text}"`,
        );
      }
    }
    if (bar.timestamp > MAX_MS) bar.timestamp = Math.floor(bar.timestamp / 1000);
    yield bar;
  }
}

/** One model and the state of some symbols in an instance of the core. */
class Scorer {
  #core;
  #model;
  #bar;

  constructor(wasm, artifact, symbols) {
    const { exports: core } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    const Model = artifact.features.preset === "volatility" ? VolatilityModel : ClassicModel;
    allocated(core.newEngine(1));
    this.#core = core;
    this.#model = new Model(core, artifact);
    allocated(core.allocateSlots(symbols.length));
    // The memory grows no more from here on, so these views stay valid.
    this.#model.open(symbols);
    this.#bar = floats(core, core.inputBar(), 5);
  }

  get columns() {
    return this.#model.columns;
  }

  /** Opens a symbol's state at its first bar: the calendar follows the clock. */
  begin(slot, time) {
    this.#core.begin(slot, Math.floor(time / MINUTE_MS));
  }

  /** Says that minutes are missing. */
  skip(slot, minutes) {
    this.#core.skip(slot, Math.min(minutes, MAX_SKIP));
  }

  /** Scores the next minute's bar of a symbol. */
  step(slot, { open, high, low, close, volume }) {
    this.#bar.set([open, high, low, close, volume]);
    this.#core.step(slot);
    return this.#model.read();
  }
}

function main([barsPath, modelPath]) {
  if (barsPath === undefined || modelPath === undefined) {
    throw new Error(
      "BARS.csv and MODEL.json must be given: node examples/rescore.mjs BARS.csv MODEL.json",
    );
  }
  const wasm = readFileSync(new URL("../core-wasm/core.wasm", import.meta.url));
  const artifact = JSON.parse(readFileSync(modelPath, "utf8"));
  const bars = [...readBars(barsPath)];
  const symbols = [...new Set(bars.map(({ symbol }) => symbol))];
  const scorer = new Scorer(wasm, artifact, symbols);
  const rows = [["symbol", "timestamp", ...scorer.columns]];
  const last = new Map();
  for (const bar of bars) {
    const slot = symbols.indexOf(bar.symbol);
    const before = last.get(slot);
    if (before === undefined) scorer.begin(slot, bar.timestamp);
    else {
      const missing = (bar.timestamp - before) / MINUTE_MS - 1;
      if (missing < 0) {
        throw new Error(
          `Cannot score ${barsPath} as its bars must be in order of time: ` +
            `current value is ${bar.timestamp} after ${before}`,
        );
      }
      if (missing > 0) scorer.skip(slot, missing);
    }
    last.set(slot, bar.timestamp);
    rows.push([bar.symbol, bar.timestamp, ...scorer.step(slot, bar)]);
  }
  process.stdout.write(rows.map((row) => row.join(",") + "\n").join(""));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`rescore: ${error.message}\n`);
  process.exitCode = 1;
}
