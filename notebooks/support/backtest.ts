import { quantile } from "../../core-wasm/core.ts";
import { DAY_MS, MINUTE_MS } from "../../data/schema/time.ts";
import type { Estimate } from "../../models/artifact/walk_forward.ts";
import { BlockBootstrap } from "../../models/evaluation/bootstrap.ts";
import { fixed, minute } from "../../models/report/figures.ts";
import type { Table } from "../../models/report/tables.ts";
import { mean } from "./mean.ts";
import { realizedAfter, returnsAfter } from "./realized.ts";
import type { Replay } from "./replay.ts";

/** Minutes ahead that are looked at. */
const HORIZON = 15;
const SEED = 1;

/** Sums over the days of a replay, whose days are resampled as blocks. */
class Days {
  readonly #of: Int32Array;
  readonly #count: number;
  readonly #bootstrap: BlockBootstrap;

  constructor(times: Float64Array) {
    const days = new Map<number, number>();
    this.#of = Int32Array.from(times, (time) => {
      const day = Math.floor(time / DAY_MS);
      const block = days.get(day) ?? days.size;
      days.set(day, block);
      return block;
    });
    this.#count = days.size;
    this.#bootstrap = new BlockBootstrap(Math.max(1, this.#count), SEED);
  }

  /** The mean of the values that are numbers, with its 95 % interval; null of none. */
  mean(values: Float64Array): Estimate | null {
    const [sums, counts] = [new Float64Array(this.#count), new Float64Array(this.#count)];
    for (const [t, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const day = this.#of[t] ?? 0;
      sums[day] = (sums[day] ?? NaN) + value;
      counts[day] = (counts[day] ?? NaN) + 1;
    }
    return this.#bootstrap.estimate([sums, counts], ([sum = NaN, count = NaN]) => sum / count);
  }
}

/** Share of the minutes after which the volatility lay between the forecast's quantiles 10 and 90 %. */
export function coverageOf(replay: Replay): Estimate | null {
  const { times, opens, closes, low, high } = replay;
  const realized = realizedAfter(times, opens, closes, HORIZON);
  return new Days(times).mean(realized.map((value, t) => {
    const [from, to] = [low[t] ?? NaN, high[t] ?? NaN];
    if (Number.isNaN(value) || Number.isNaN(from)) return NaN;
    return value >= from && value <= to ? 1 : 0;
  }));
}

/** What the price did after a label. */
export interface AfterLabel {
  readonly model: string;
  readonly label: string;
  /** Mean log return of the next 15 minutes, basis points. */
  readonly estimate: Estimate | null;
}

/** Mean returns after each label of both models: whether a label says anything of direction. */
export function directionAfter(replay: Replay): readonly AfterLabel[] {
  const { times, closes } = replay;
  const days = new Days(times);
  const returns = returnsAfter(times, closes, HORIZON);
  const of = (model: string, labels: readonly string[], path: Uint8Array) =>
    labels.map((label, k) => ({
      model,
      label,
      estimate: days.mean(returns.map((value, t) => path[t] === k ? value : NaN)),
    }));
  return [
    ...of("classic", replay.classicLabels, replay.classicPath),
    ...of("volatility", replay.labels, replay.path),
  ];
}

/** Tails and spread of 15-minute returns in some unit. */
export interface Tails {
  readonly unit: string;
  /** Kurtosis: 3 for a Gaussian. */
  readonly kurtosis: number;
  /** Share of returns beyond 3 and beyond 5 standard deviations. */
  readonly beyond3: number;
  readonly beyond5: number;
  /**
   * Deviation of the returns of a day: the largest of nine in ten days over that of one in ten. 1
   * where all days have the same risk.
   */
  readonly spread: number;
}

function tailsOf(unit: string, values: Float64Array, days: Float64Array): Tails {
  const square = mean(values.map((x) => x * x));
  const beyond = (limit: number) =>
    values.filter((x) => x * x > limit * limit * square).length / values.length;
  const byDay = Map.groupBy(values.keys(), (i) => days[i] ?? NaN);
  const deviations = Float64Array.from(
    byDay.values(),
    (own) => Math.sqrt(mean(own.map((i) => (values[i] ?? NaN) ** 2))),
  ).sort();
  return {
    unit,
    kurtosis: mean(values.map((x) => x ** 4)) / square ** 2,
    beyond3: beyond(3),
    beyond5: beyond(5),
    spread: quantile(deviations, 0.9) / quantile(deviations, 0.1),
  };
}

/**
 * Tails and spread of the returns of disjoint 15 minutes: as they are, and divided by the volatility that was
 * forecast for them. Dividing is what a position of constant risk does.
 */
export function scaledTails({ times, closes, median }: Replay): readonly Tails[] {
  const returns = returnsAfter(times, closes, HORIZON);
  const chosen = [...times.keys()].filter((t) =>
    (times[t] ?? NaN) % (HORIZON * MINUTE_MS) === 0 && !Number.isNaN(returns[t] ?? NaN) &&
    (median[t] ?? NaN) > 0
  );
  const plain = Float64Array.from(chosen, (t) => returns[t] ?? NaN);
  const days = Float64Array.from(chosen, (t) => Math.floor((times[t] ?? NaN) / DAY_MS));
  return [
    tailsOf("basis points", plain, days),
    tailsOf(
      "of the forecast volatility",
      plain.map((value, i) => value / (median[chosen[i] ?? 0] ?? NaN)),
      days,
    ),
  ];
}

/** Minutes before and after an extreme one at which the regime is shown. */
const AROUND = 30;

/** Volume of a minute divided by the median of the hour before it. */
function relativeVolume({ volumes }: Replay, t: number): number {
  const hour = volumes.slice(Math.max(0, t - 60), t).sort();
  return (volumes[t] ?? NaN) / (hour[hour.length >> 1] ?? NaN);
}

/** Some minutes of a replay with both scores and the regimes around them. */
export function extremeTable(title: string, replay: Replay, minutes: readonly number[]): Table {
  const states = replay.labels.length;
  const said = (t: number) => {
    const label = replay.labels[replay.path[t] ?? states];
    if (label === undefined) return "not ready";
    const p = replay.filtered[(t + 1) * states - 1] ?? NaN;
    return `${label} (P(Turbulent) ${p.toFixed(2)})`;
  };
  return {
    title,
    head: [
      "minute (UTC)",
      "shock score",
      "forest's score",
      "return, bp",
      "range, bp",
      "volume / hour's median",
      `${AROUND} min before`,
      "at its close",
      `${AROUND} min later`,
    ],
    rows: minutes.map((t) => {
      const [open, close] = [replay.opens[t] ?? NaN, replay.closes[t] ?? NaN];
      return [
        minute(new Date(replay.times[t] ?? NaN).toISOString()),
        fixed(replay.shockScores[t] ?? null, 1),
        fixed(replay.scores[t] ?? null, 3),
        fixed(1e4 * Math.log(close / open), 0),
        fixed(1e4 * ((replay.highs[t] ?? NaN) - (replay.lows[t] ?? NaN)) / open, 0),
        fixed(relativeVolume(replay, t), 0),
        said(t - AROUND),
        said(t),
        said(t + AROUND),
      ];
    }),
  };
}
