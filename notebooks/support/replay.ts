import { join } from "node:path";
import { CONTRIBUTIONS } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { type Artifact, labelsOf } from "../../models/artifact/read.ts";
import { DAY_MS, MINUTE_MS } from "../../data/schema/time.ts";
import { Engine, loadModels, replayHistory, Skipped } from "../../service/commands/notebooks.ts";
import {
  isReadyForecast,
  labelKey,
  type ModelOutput,
  type Signal,
} from "../../data/schema/signal.ts";
import { ROOT } from "./choose_history.ts";

/** Signals of a replay in order of time, one column per field. */
export interface Replay {
  /** Open times, ms UTC. */
  readonly times: Float64Array;
  readonly opens: Float64Array;
  readonly highs: Float64Array;
  readonly lows: Float64Array;
  readonly closes: Float64Array;
  readonly volumes: Float64Array;
  /** The classic model's Isolation Forest: its scores, NaN where it is not ready. */
  readonly scores: Float64Array;
  /** 1 where its score makes the minute anomalous. */
  readonly anomalous: Uint8Array;
  /** The classic model's regime; the number of its regimes where it is not ready. */
  readonly classicPath: Uint8Array;
  readonly classicLabels: readonly string[];
  /** The volatility model's regime; the number of its regimes where it is not ready. */
  readonly path: Uint8Array;
  /** Its probabilities, one per regime; NaN where it is not ready, as all that follows. */
  readonly filtered: Float64Array;
  readonly labels: readonly string[];
  /** Quantiles 10, 50 and 90 % of the volatility of the next 15 minutes, basis points. */
  readonly low: Float64Array;
  readonly median: Float64Array;
  readonly high: Float64Array;
  /** Parts of the forecast, one per name of `CONTRIBUTIONS`. */
  readonly contributions: Float64Array;
  readonly shockScores: Float64Array;
  /** 1 where the minute is a shock. */
  readonly shocks: Uint8Array;
}

/** The shipped models: the first one is the primary one. */
const MODELS = ["models/classic.json", "models/volatility.json"];

/** Columns that grow with the signals: a list of all signals of years would take gigabytes. */
class ReplayColumns {
  readonly #classic: readonly string[];
  readonly #name: string;
  readonly #labels: readonly string[];
  readonly #keys: readonly string[];
  readonly #bars: number[][] = [[], [], [], [], [], []];
  readonly #scores: number[] = [];
  readonly #anomalous: number[] = [];
  readonly #classicPath: number[] = [];
  readonly #path: number[] = [];
  readonly #filtered: number[] = [];
  readonly #quantiles: number[][] = [[], [], []];
  readonly #contributions: number[] = [];
  readonly #shockScores: number[] = [];
  readonly #shocks: number[] = [];

  constructor(classic: Artifact, volatility: Artifact) {
    this.#classic = labelsOf(classic);
    this.#name = volatility.name;
    this.#labels = labelsOf(volatility);
    this.#keys = this.#labels.map(labelKey);
  }

  push(signal: Signal): void {
    const { timestamp, open, high, low, close, volume } = signal;
    for (const [i, value] of [timestamp, open, high, low, close, volume].entries()) {
      this.#bars[i]?.push(value);
    }
    this.#scores.push(signal.anomaly_score ?? NaN);
    this.#anomalous.push(Number(signal.is_anomaly));
    this.#classicPath.push(signal.regime_state ?? this.#classic.length);
    this.#pushForecast(signal.models[this.#name]);
  }

  #pushForecast(output: ModelOutput | undefined): void {
    const said = output !== undefined && isReadyForecast(output) ? output : undefined;
    this.#path.push(said?.state ?? this.#labels.length);
    for (const key of this.#keys) this.#filtered.push(said?.probabilities[key] ?? NaN);
    const quantiles = said?.forecast["15"].quantiles;
    for (const [i, level] of (["10", "50", "90"] as const).entries()) {
      this.#quantiles[i]?.push(quantiles?.[level] ?? NaN);
    }
    for (const part of CONTRIBUTIONS) this.#contributions.push(said?.contributions[part] ?? NaN);
    this.#shockScores.push(said?.shock_score ?? NaN);
    this.#shocks.push(Number(said?.is_shock ?? false));
  }

  finish(): Replay {
    const [times, opens, highs, lows, closes, volumes] = this.#bars.map((x) =>
      Float64Array.from(x)
    );
    const [low, median, high] = this.#quantiles.map((x) => Float64Array.from(x));
    const none = new Float64Array();
    return {
      times: times ?? none,
      opens: opens ?? none,
      highs: highs ?? none,
      lows: lows ?? none,
      closes: closes ?? none,
      volumes: volumes ?? none,
      scores: Float64Array.from(this.#scores),
      anomalous: Uint8Array.from(this.#anomalous),
      classicPath: Uint8Array.from(this.#classicPath),
      classicLabels: this.#classic,
      path: Uint8Array.from(this.#path),
      filtered: Float64Array.from(this.#filtered),
      labels: this.#labels,
      low: low ?? none,
      median: median ?? none,
      high: high ?? none,
      contributions: Float64Array.from(this.#contributions),
      shockScores: Float64Array.from(this.#shockScores),
      shocks: Uint8Array.from(this.#shocks),
    };
  }
}

/** Runs files of bars through the engine that serves live. */
export async function replayFiles(files: readonly string[]): Promise<Replay> {
  const [classic, volatility] = loadModels({
    models: MODELS.map((path) => join(ROOT, path)),
    expected: {},
  });
  const symbol = symbolOfFile(files[0] ?? "");
  if (classic === undefined || volatility === undefined || symbol === undefined) {
    throw new RangeError(
      `Cannot replay files as their names must start with a market: current value is ${
        files.join(", ")
      }`,
    );
  }
  const engine = new Engine(loadCore(), [classic, volatility], [symbol]);
  const input = { kind: "bars", files: files.map((path) => ({ path, symbol })) } as const;
  const skipped = new Skipped();
  const columns = new ReplayColumns(classic.artifact, volatility.artifact);
  for await (const signals of replayHistory(engine, input, skipped)) {
    for (const signal of signals) columns.push(signal);
  }
  for (const line of describeRowErrors(skipped.rows.counts())) console.error(line);
  return columns.finish();
}

/** The minutes of a replay in a half-open interval without gaps. */
export function cutReplay(replay: Replay, from: number, to: number): Replay & { start: number } {
  const first = replay.times.findIndex((time) => time >= from);
  const after = replay.times.findIndex((time) => time >= to);
  const last = after < 0 ? replay.times.length : after;
  const states = replay.labels.length;
  const cut = (values: Float64Array) => values.subarray(first, last);
  return {
    start: replay.times[first] ?? NaN,
    times: cut(replay.times),
    opens: cut(replay.opens),
    highs: cut(replay.highs),
    lows: cut(replay.lows),
    closes: cut(replay.closes),
    volumes: cut(replay.volumes),
    scores: cut(replay.scores),
    anomalous: replay.anomalous.subarray(first, last),
    classicPath: replay.classicPath.subarray(first, last),
    classicLabels: replay.classicLabels,
    path: replay.path.subarray(first, last),
    filtered: replay.filtered.subarray(first * states, last * states),
    labels: replay.labels,
    low: cut(replay.low),
    median: cut(replay.median),
    high: cut(replay.high),
    contributions: replay.contributions.subarray(
      first * CONTRIBUTIONS.length,
      last * CONTRIBUTIONS.length,
    ),
    shockScores: cut(replay.shockScores),
    shocks: replay.shocks.subarray(first, last),
  };
}

/** A day of a replay. */
export interface ReplayDay {
  /** Midnight UTC, ms. */
  readonly day: number;
  readonly minutes: number;
  /** Minutes at which the volatility model is ready. */
  readonly seen: number;
  /** Anomalous minutes. */
  readonly anomalies: number;
  /** Shocks. */
  readonly shocks: number;
  /** Changes of the regime. */
  readonly changes: number;
  /** Share of the minutes in the last regime. */
  readonly turbulent: number;
  /** (highest - lowest) / open of the day, percent. */
  readonly range: number;
  /** Open to close, percent. */
  readonly move: number;
}

/** Summaries of each day of a replay. */
export function summarizeDays(replay: Replay): readonly ReplayDay[] {
  const days = Map.groupBy(replay.times.keys(), (t) => Math.floor((replay.times[t] ?? 0) / DAY_MS));
  const last = replay.labels.length - 1;
  return [...days].map(([day, minutes]) => {
    const values = (column: Float64Array) => minutes.map((t) => column[t] ?? NaN);
    const open = replay.opens[minutes[0] ?? 0] ?? NaN;
    const close = replay.closes[minutes.at(-1) ?? 0] ?? NaN;
    return {
      day: day * DAY_MS,
      minutes: minutes.length,
      seen: minutes.filter((t) => (replay.path[t] ?? NaN) <= last).length,
      anomalies: minutes.filter((t) => replay.anomalous[t] === 1).length,
      shocks: minutes.filter((t) => replay.shocks[t] === 1).length,
      changes: minutes.filter((t, i) => i > 0 && replay.path[t] !== replay.path[t - 1]).length,
      turbulent: minutes.filter((t) => replay.path[t] === last).length / minutes.length,
      range: 100 * (Math.max(...values(replay.highs)) - Math.min(...values(replay.lows))) / open,
      move: 100 * (close / open - 1),
    };
  });
}

/**
 * The most extreme minutes by one of the scores at which the volatility model is ready, at least
 * `apartMs` from each other. Many share the forest's lowest score; ties go to the widest range.
 */
export function worstMinutes(
  replay: Replay,
  by: "forest" | "shock",
  count: number,
  apartMs: number,
): readonly number[] {
  const range = replay.highs.map((high, t) => Math.log(high / (replay.lows[t] ?? NaN)));
  const badness = by === "forest" ? replay.scores.map((x) => -x) : replay.shockScores;
  const ranked = [...badness.keys()]
    .filter((t) => (replay.path[t] ?? NaN) < replay.labels.length)
    .sort((a, b) =>
      (badness[b] ?? NaN) - (badness[a] ?? NaN) || (range[b] ?? NaN) - (range[a] ?? NaN)
    );
  const chosen: number[] = [];
  for (const t of ranked) {
    if (chosen.length === count) break;
    const time = replay.times[t] ?? NaN;
    if (chosen.every((other) => Math.abs(time - (replay.times[other] ?? NaN)) >= apartMs)) {
      chosen.push(t);
    }
  }
  return chosen;
}

/** Mean probability of a regime at offsets from certain minutes. */
export function meanAround(
  replay: Replay,
  minutes: readonly number[],
  offsets: readonly number[],
  state: number,
): readonly { readonly offset: number; readonly p: number }[] {
  const states = replay.labels.length;
  return offsets.map((offset) => {
    const near = minutes.filter((t) =>
      (replay.times[t + offset] ?? NaN) - (replay.times[t] ?? NaN) === offset * MINUTE_MS &&
      !Number.isNaN(replay.filtered[(t + offset) * states])
    );
    const sum = near.reduce(
      (all, t) => all + (replay.filtered[(t + offset) * states + state] ?? 0),
      0,
    );
    return { offset, p: sum / near.length };
  });
}
