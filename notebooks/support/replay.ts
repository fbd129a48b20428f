import { join } from "node:path";
import { loadCore } from "../../core-wasm/load.ts";
import { symbolOfFile } from "../../data/files/file_name.ts";
import { describeRowErrors } from "../../data/files/row_errors.ts";
import { requireHmm } from "../../models/artifact/read.ts";
import { DAY_MS, MINUTE_MS } from "../../data/schema/time.ts";
import { Engine, loadModels, replayHistory, Skipped } from "../../service/commands/notebooks.ts";
import {
  isReady,
  labelKey,
  type ModelOutput,
  type ReadyOutput,
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
  /** Anomaly scores of the primary model; NaN where it is not ready. */
  readonly scores: Float64Array;
  /** 1 where the minute is anomalous for the primary model. */
  readonly anomalous: Uint8Array;
  /**
   * Most probable regime of the liquidity model; the number of regimes where it is not ready or does
   * not observe the minute.
   */
  readonly path: Uint8Array;
  /** Its filtered probabilities, one per regime; NaN in such minutes. */
  readonly filtered: Float64Array;
  readonly labels: readonly string[];
}

/** The shipped models: the first one's forest and the second one's regimes are used. */
const MODELS = ["models/classic.json", "models/liquidity.json"];

/** What a model says of a minute that it observed: of others its log-likelihood is 0. */
function observed(output: ModelOutput | undefined): ReadyOutput | undefined {
  if (output === undefined || !isReady(output)) return undefined;
  return output.log_likelihood === 0 ? undefined : output;
}

/** Runs files of bars through the engine that serves live. */
export async function replayFiles(files: readonly string[]): Promise<Replay> {
  const [forest, regimes] = loadModels({
    models: MODELS.map((path) => join(ROOT, path)),
    expected: {},
  });
  const symbol = symbolOfFile(files[0] ?? "");
  if (forest === undefined || regimes === undefined || symbol === undefined) {
    throw new RangeError(
      `Cannot replay files as their names must start with a market: current value is ${
        files.join(", ")
      }`,
    );
  }
  const engine = new Engine(loadCore(), [forest, regimes], [symbol]);
  const input = { kind: "bars", files: files.map((path) => ({ path, symbol })) } as const;
  const skipped = new Skipped();
  const signals: readonly Signal[] = (await Array.fromAsync(replayHistory(engine, input, skipped)))
    .flat();
  for (const line of describeRowErrors(skipped.rows.counts())) console.error(line);
  const { name, hmm } = requireHmm(regimes.artifact);
  const outputs = signals.map(({ models }) => observed(models[name]));
  const column = (field: (signal: Signal) => number) => Float64Array.from(signals, field);
  return {
    times: column((signal) => signal.timestamp),
    opens: column((signal) => signal.open),
    highs: column((signal) => signal.high),
    lows: column((signal) => signal.low),
    closes: column((signal) => signal.close),
    volumes: column((signal) => signal.volume),
    scores: column((signal) => signal.anomaly_score ?? NaN),
    anomalous: Uint8Array.from(signals, (signal) => Number(signal.is_anomaly)),
    path: Uint8Array.from(outputs, (output) => output?.state ?? hmm.labels.length),
    filtered: Float64Array.from(
      outputs.flatMap((output) =>
        hmm.labels.map((label) => output?.probabilities[labelKey(label)] ?? NaN)
      ),
    ),
    labels: hmm.labels,
  };
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
    path: replay.path.subarray(first, last),
    filtered: replay.filtered.subarray(first * states, last * states),
    labels: replay.labels,
  };
}

/** A day of a replay. */
export interface ReplayDay {
  /** Midnight UTC, ms. */
  readonly day: number;
  readonly minutes: number;
  /** Minutes that the liquidity model observes. */
  readonly seen: number;
  /** Anomalous minutes. */
  readonly anomalies: number;
  /** Changes of the most probable regime. */
  readonly changes: number;
  /** Share of the minutes in the last regime. */
  readonly crisis: number;
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
      changes: minutes.filter((t, i) => i > 0 && replay.path[t] !== replay.path[t - 1]).length,
      crisis: minutes.filter((t) => replay.path[t] === last).length / minutes.length,
      range: 100 * (Math.max(...values(replay.highs)) - Math.min(...values(replay.lows))) / open,
      move: 100 * (close / open - 1),
    };
  });
}

/**
 * The most anomalous minutes that the liquidity model observes, at least `apartMs` from each other.
 * Many share the forest's lowest score; ties go to the widest range.
 */
export function worstMinutes(replay: Replay, count: number, apartMs: number): readonly number[] {
  const range = replay.highs.map((high, t) => Math.log(high / (replay.lows[t] ?? NaN)));
  const ranked = [...replay.scores.keys()]
    .filter((t) => (replay.path[t] ?? NaN) < replay.labels.length)
    .sort((a, b) =>
      (replay.scores[a] ?? NaN) - (replay.scores[b] ?? NaN) ||
      (range[b] ?? NaN) - (range[a] ?? NaN)
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
