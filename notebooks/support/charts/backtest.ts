import * as Plot from "@observablehq/plot";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";
import type { AfterLabel } from "../backtest.ts";
import type { Replay, ReplayDay } from "../replay.ts";
import { alarmTicks, priceChart } from "./regimes.ts";

/** In a longer chart the ticks of anomalous minutes would merge into a band. */
const MOST_TICKED = 3 * 1440;

const dayName = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Part of a replay: price, regimes, anomalous minutes and shocks. */
export function replayChart(
  replay: Replay & { readonly start: number },
  heading: string,
  note?: string,
): Figure {
  const isTicked = replay.times.length <= MOST_TICKED;
  const timesOf = (flags: Uint8Array) =>
    isTicked
      ? [...flags.keys()].filter((t) => flags[t] === 1)
        .map((t) => new Date(replay.times[t] ?? NaN))
      : [];
  return priceChart(replay, replay.labels, {
    heading,
    ...(note !== undefined && { note }),
    marks: [
      alarmTicks(timesOf(replay.anomalous), SERIES.anomaly, 0),
      alarmTicks(timesOf(replay.shocks), INK.ink, 1),
    ],
  });
}

/** Alarms of a score on each day, by the day's range. */
export function dayChart(days: readonly ReplayDay[], named: readonly ReplayDay[]): Figure {
  const scores = [
    { score: "anomalous minutes (Isolation Forest)", of: (day: ReplayDay) => day.anomalies },
    { score: "shocks (shock score)", of: (day: ReplayDay) => day.shocks },
  ];
  const rows = scores.flatMap(({ score, of }) =>
    days.map((day) => ({ ...day, score, alarms: of(day) }))
  );
  const told = scores.map(({ score, of }) => {
    const counts = days.map(of).toSorted((a, b) => a - b);
    return `${score}: median ${counts[counts.length >> 1]}, at most ${counts.at(-1)}`;
  });
  return drawChart({
    heading: "Alarms of each day, against its range",
    note: "Range: (highest - lowest) / open of the day, percent, log scale. " +
      "Shade: share of the day in Turbulent",
    alt: `Two scatter plots of days. Alarms a day: ${told.join("; ")}.`,
    height: 340,
    marginTop: 34,
    grid: true,
    fx: { label: null, domain: scores.map(({ score }) => score) },
    x: {
      type: "log",
      label: "range of the day, %",
      labelArrow: "none",
      tickFormat: "~g",
      ticks: 5,
    },
    y: { label: "alarms" },
    color: { type: "linear", domain: [0, 1], range: ["#8fb3ab", "#8a3fd1"] },
    marks: [
      Plot.dot(rows, {
        fx: "score",
        x: "range",
        y: "alarms",
        fill: "turbulent",
        r: 3,
        fillOpacity: 0.8,
      }),
      Plot.text(rows.filter((row) => named.some(({ day }) => day === row.day)), {
        fx: "score",
        x: "range",
        y: "alarms",
        text: (day: ReplayDay) => dayName(day.day),
        textAnchor: "end",
        dx: -8,
        fill: INK.ink,
        stroke: INK.panel,
        strokeWidth: 4,
      }),
    ],
  });
}

/** Distribution of the number of regime changes per day. */
export function changesChart(days: readonly ReplayDay[]): Figure {
  const counts = days.map(({ changes }) => changes).toSorted((a, b) => a - b);
  return drawChart({
    heading: "Changes of the regime per day",
    note: "Number of days",
    alt: `Histogram of ${days.length} days: median ${counts[counts.length >> 1]} changes, ` +
      `from ${counts[0]} to ${counts.at(-1)}.`,
    height: 220,
    x: { label: "changes", labelArrow: "none" },
    y: { label: "days", grid: true },
    marks: [
      Plot.rectY(days, {
        ...Plot.binX({ y: "count" }, { x: "changes", interval: 2 }),
        fill: SERIES.main,
      }),
      Plot.ruleY([0], { stroke: INK.faint }),
    ],
  });
}

/** The probability of Turbulent around some minutes; `usual` is its mean over all minutes. */
export function aroundChart(
  around: readonly { readonly offset: number; readonly p: number; readonly which: string }[],
  usual: number,
): Figure {
  const names = [...new Set(around.map(({ which }) => which))];
  const colors = [SERIES.anomaly, INK.ink, SERIES.main];
  const told = names.map((name) => {
    const own = around.filter(({ which }) => which === name);
    const at = (offset: number) => own.find((row) => row.offset === offset)?.p.toFixed(2);
    return `${name}: ${at(-30)} half an hour before, ${at(0)} at the minute, ${at(30)} after`;
  });
  return drawChart({
    heading: "P(Turbulent) around alarms",
    note: "Mean of the probability by minutes before and after; dashed: mean of all minutes",
    alt: `${names.length} curves from two hours before to two hours after. ${told.join("; ")}.`,
    legend: names.map((label, i) => ({ label, color: colors[i] ?? INK.soft })),
    x: { label: "minutes from the alarm", labelArrow: "none" },
    y: { label: "P(Turbulent)", domain: [0, 1], grid: true },
    color: { domain: names, range: colors },
    marks: [
      Plot.ruleX([0], { stroke: INK.line }),
      Plot.ruleY([usual], { stroke: INK.faint, strokeDasharray: "4,4" }),
      Plot.line(around, { x: "offset", y: "p", stroke: "which", strokeWidth: 2 }),
    ],
  });
}

/** Costs of buying and selling again as a taker, basis points: what a direction must earn. */
const COSTS = 15;

/** Mean returns after each label, beside what a trade costs. */
export function directionChart(after: readonly AfterLabel[]): Figure {
  const rows = after.flatMap(({ model, label, estimate }) =>
    estimate === null ? [] : [{ row: `${model}: ${label}`, ...estimate }]
  );
  return drawChart({
    heading: "Mean return of the 15 minutes after each label",
    note:
      `Basis points, with 95 % intervals (days resampled); orange: a trade's costs, ${COSTS} bp`,
    alt: `Dots with intervals near zero, far from the costs of ${COSTS} basis points: ${
      rows.map(({ row, value }) => `${row} ${value.toFixed(1)}`).join(", ")
    }.`,
    height: 60 + 34 * rows.length,
    marginLeft: 190,
    marginRight: 60,
    x: {
      label: "basis points",
      labelArrow: "none",
      grid: true,
      domain: [-COSTS - 1, COSTS + 1],
    },
    y: { label: null, type: "band", domain: rows.map(({ row }) => row) },
    marks: [
      Plot.ruleX([-COSTS, COSTS], { stroke: SERIES.other, strokeWidth: 2 }),
      Plot.ruleX([0], { stroke: INK.faint }),
      Plot.link(rows, {
        x1: "low",
        x2: "high",
        y1: "row",
        y2: "row",
        stroke: SERIES.main,
        strokeWidth: 4,
      }),
      Plot.dot(rows, { x: "value", y: "row", fill: SERIES.main, r: 5 }),
      Plot.text(rows, {
        x: "high",
        y: "row",
        text: ({ value }: { value: number }) => value.toFixed(2),
        dx: 10,
        textAnchor: "start",
        fill: INK.soft,
      }),
    ],
  });
}
