import * as Plot from "@observablehq/plot";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";
import type { Replay, ReplayDay } from "../replay.ts";
import { anomalyTicks, priceChart } from "./regimes.ts";

/** In a longer chart the ticks of anomalous minutes would merge into a band. */
const MOST_TICKED = 3 * 1440;

const dayName = (time: number) => new Date(time).toISOString().slice(0, 10);

/** Part of a replay: price, regimes and anomalous minutes. */
export function replayChart(
  replay: Replay & { readonly start: number },
  heading: string,
  note?: string,
): Figure {
  const ticks = replay.times.length <= MOST_TICKED ? [...replay.anomalous.keys()] : [];
  const anomalies = ticks.filter((t) => replay.anomalous[t] === 1);
  return priceChart(replay, replay.labels, {
    heading,
    ...(note !== undefined && { note }),
    marks: [anomalyTicks(anomalies.map((t) => new Date(replay.times[t] ?? NaN)))],
  });
}

/** Days by their range and by their anomalous minutes. */
export function dayChart(days: readonly ReplayDay[], named: readonly ReplayDay[]): Figure {
  return drawChart({
    heading: "Anomalous minutes of each day, against its range",
    note:
      "Range: (highest - lowest) / open of the day, percent, log scale. Shade: share of the day in Crisis",
    height: 360,
    grid: true,
    x: { type: "log", label: "range of the day, %", labelArrow: "none", tickFormat: "~g" },
    y: { label: "anomalous minutes" },
    color: { type: "linear", domain: [0, 1], range: ["#8fb3ab", "#8a3fd1"] },
    marks: [
      Plot.dot(days, { x: "range", y: "anomalies", fill: "crisis", r: 3.5, fillOpacity: 0.8 }),
      Plot.text(named, {
        x: "range",
        y: "anomalies",
        text: (day: ReplayDay) => dayName(day.day),
        textAnchor: "end",
        dx: -8,
        fill: INK.ink,
      }),
    ],
  });
}

/** Distribution of the number of regime changes per day. */
export function changesChart(days: readonly ReplayDay[]): Figure {
  return drawChart({
    heading: "Changes of the volatility regime per day",
    note: "Number of days",
    height: 220,
    x: { label: "changes", labelArrow: "none" },
    y: { label: "days", grid: true },
    marks: [
      Plot.rectY(days, {
        ...Plot.binX({ y: "count" }, { x: "changes", interval: 4 }),
        fill: SERIES.main,
      }),
      Plot.ruleY([0], { stroke: INK.faint }),
    ],
  });
}

/** The probability of Crisis around anomalous minutes; `usual` is its mean over all minutes. */
export function aroundChart(
  around: readonly { readonly offset: number; readonly p: number; readonly which: string }[],
  usual: number,
): Figure {
  const names = [...new Set(around.map(({ which }) => which))];
  const colors = [SERIES.anomaly, SERIES.main];
  return drawChart({
    heading: "P(Crisis) around anomalous minutes",
    note:
      "Mean of the filter's probability by minutes before and after; dashed: mean of all minutes",
    legend: names.map((label, i) => ({ label, color: colors[i] ?? INK.soft })),
    x: { label: "minutes from the anomaly", labelArrow: "none" },
    y: { label: "P(Crisis)", domain: [0, 1], grid: true },
    color: { domain: names, range: colors },
    marks: [
      Plot.ruleX([0], { stroke: INK.line }),
      Plot.ruleY([usual], { stroke: INK.faint, strokeDasharray: "4,4" }),
      Plot.line(around, { x: "offset", y: "p", stroke: "which", strokeWidth: 2 }),
    ],
  });
}
