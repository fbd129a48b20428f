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
 * a header (times in ms or us). Rows must be in order of time within a symbol.
 *
 * The numbers are those of the service bit for bit, given the same bars from the same first bar.
 * Until the model's windows are filled a row says `ready` false and how many bars it has of those
 * it needs, and its other cells are empty. A filter that starts later has forgotten less: its first
 * rows that are ready differ, by less and less.
 */
import { readFileSync } from "node:fs";
import process from "node:process";

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

/** Checks an address that the core returned: it is 0 when memory ran out. */
function allocated(address) {
  if (address === 0) {
    throw new RangeError("Cannot place the model: WebAssembly memory ran out");
  }
  return address >>> 0;
}

/** One model and the state of some symbols in an instance of the core. */
class Scorer {
  #core;
  #artifact;
  #preset;
  #bar;
  #result;

  constructor(wasm, artifact, symbols) {
    const { exports: core } = new WebAssembly.Instance(new WebAssembly.Module(wasm));
    this.#core = core;
    this.#artifact = artifact;
    const result = allocated(core.newEngine(1));
    this.#preset = this.#placeFeatures();
    core.addModel(this.#preset, this.#placeForest(), this.#placeHmm());
    allocated(core.allocateSlots(symbols));
    // The memory grows no more from here on, so these views stay valid.
    this.#bar = this.#floats(core.inputBar(), 5);
    this.#result = this.#floats(result, core.RESULT_LENGTH.value);
  }

  /** Opens a symbol's state at its first bar: windows of hours follow the clock. */
  begin(slot, time) {
    this.#core.begin(slot, Math.floor(time / MINUTE_MS));
  }

  /** Says that minutes are missing: the regime is predicted over them. */
  skip(slot, minutes) {
    this.#core.skip(slot, Math.min(minutes, MAX_SKIP));
  }

  /** Scores the next minute's bar of a symbol. */
  step(slot, { open, high, low, close, volume }) {
    this.#bar.set([open, high, low, close, volume]);
    this.#core.step(slot);
    const { features, hmm } = this.#artifact;
    // The core exports the layout of a result as the indices of its fields.
    const read = (field) => this.#result[this.#core[field].value];
    const readAll = (field, count) => {
      const first = this.#core[field].value;
      return [...this.#result.subarray(first, first + count)];
    };
    const have = read("RESULT_HAVE");
    const need = this.#core.neededBars(this.#preset);
    const raw = readAll("RESULT_RAW", features.names.length);
    // With fewer bars than a feature needs, its number is a placeholder.
    const isDefined = (_, i) => have >= this.#core.featureBars(this.#preset, i);
    if (have < need) {
      return { ready: false, have, need, features: raw.map((x, i) => isDefined(x, i) ? x : "") };
    }
    return {
      ready: true,
      features: raw,
      normalized: readAll("RESULT_NORMALIZED", features.names.length),
      posterior: readAll("RESULT_POSTERIOR", hmm.labels.length),
      score: read("RESULT_SCORE"),
      isAnomaly: read("RESULT_ANOMALY") === 1,
      state: read("RESULT_STATE"),
      seconds: read("RESULT_BARS") * (MINUTE_MS / 1000),
      logLikelihood: read("RESULT_LOG_LIKELIHOOD"),
    };
  }

  #floats(address, length) {
    return new Float64Array(this.#core.memory.buffer, address, length);
  }

  #integers(address, length) {
    return new Int32Array(this.#core.memory.buffer, address, length);
  }

  #placeFeatures() {
    const { preset, windows } = this.#artifact.features;
    if (preset === "classic") return allocated(this.#core.newClassicPreset(windows.rolling));
    const { block, blocks, least_blocks, fast, slow } = windows;
    return allocated(this.#core.newLiquidityPreset(block, blocks, least_blocks, fast, slow));
  }

  #placeForest() {
    const core = this.#core;
    const { trees, max_samples, offset } = this.#artifact.forest;
    const nodes = trees.reduce((sum, tree) => sum + tree.feature.length, 0);
    allocated(core.allocateSource(trees.length, nodes));
    this.#integers(core.sourceSizes(), trees.length).set(trees.map((tree) => tree.feature.length));
    this.#integers(core.sourceFeatures(), nodes).set(trees.flatMap((tree) => tree.feature));
    this.#floats(core.sourceThresholds(), nodes).set(trees.flatMap((tree) => tree.threshold));
    this.#integers(core.sourceLefts(), nodes).set(trees.flatMap((tree) => tree.left));
    this.#integers(core.sourceRights(), nodes).set(trees.flatMap((tree) => tree.right));
    this.#integers(core.sourceCounts(), nodes).set(trees.flatMap((tree) => tree.n_samples));
    const forest = allocated(core.newForest(trees.length, nodes, max_samples, offset));
    core.tabulateForest(forest);
    return forest;
  }

  #placeHmm() {
    const core = this.#core;
    const { startprob, transmat, means, covars } = this.#artifact.hmm;
    const [states, dims] = [startprob.length, means[0].length];
    const hmm = allocated(core.newHmm(states, dims));
    this.#floats(core.hmmStartprob(hmm), states).set(startprob);
    this.#floats(core.hmmTransmat(hmm), states * states).set(transmat.flat());
    this.#floats(core.hmmMeans(hmm), states * dims).set(means.flat());
    this.#floats(core.hmmCovars(hmm), states * dims * dims).set(covars.flat(2));
    if (core.prepareHmm(hmm) >= 0) {
      throw new RangeError("Cannot place the model as its covariances must be positive definite");
    }
    return hmm;
  }
}

/** The key of a label in the service's CSV: "Bearish Extreme" becomes "bearish_extreme". */
function labelKey(label) {
  return label.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
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
  const scorer = new Scorer(wasm, artifact, symbols.length);
  const { names } = artifact.features;
  const { labels } = artifact.hmm;
  // The names of the service's CSV, /api/v1/signals?format=csv.
  const header = [
    ...["symbol", "timestamp"],
    ...names.map((name) => `features_${name}`),
    ...names.map((name) => `normalized_${name}`),
    ...["anomaly_score", "is_anomaly", "regime_state", "regime_name", "confidence"],
    ...labels.map((label) => `regime_probabilities_${labelKey(label)}`),
    ...["seconds_in_state", "log_likelihood", "ready", "have", "need"],
  ];
  const rows = [header];
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
    const result = scorer.step(slot, bar);
    const { features, normalized, score, isAnomaly, state, posterior, ready } = result;
    rows.push(
      ready
        ? [
          ...[bar.symbol, bar.timestamp, ...features, ...normalized, score, isAnomaly],
          ...[state, labels[state], posterior[state], ...posterior],
          ...[result.seconds, result.logLikelihood, ready, "", ""],
        ]
        : [
          ...[bar.symbol, bar.timestamp, ...features],
          ...Array(names.length + 7 + labels.length).fill(""),
          ...[ready, result.have, result.need],
        ],
    );
  }
  process.stdout.write(rows.map((row) => row.join(",") + "\n").join(""));
}

try {
  main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`rescore: ${error.message}\n`);
  process.exitCode = 1;
}
