import * as Plot from "@observablehq/plot";
import type { Row } from "../../../data/sql/history.ts";
import type { LagCorrelation } from "../autocorrelation.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";

const WEEKDAYS = ["", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Contiguous runs of bars over time; rows of `first`, `last`. */
export function coverageChart(runs: readonly Row[]): Figure {
  return drawChart({
    heading: "Available minutes",
    note: "Each bar is a contiguous run; gaps are not interpolated.",
    alt: `${runs.length} bars along a time axis, one for each run of minutes, with gaps between.`,
    height: 110,
    marginLeft: 16,
    x: { type: "utc", label: null },
    marks: [
      Plot.rectX(runs, {
        x1: "first",
        x2: "last",
        fill: SERIES.main,
        insetLeft: 0,
        insetRight: -1,
      }),
    ],
  });
}

/** Volatility over the day; rows of `hour`, `median`, `q25`, `q75`, basis points. */
export function hourChart(rows: readonly Row[]): Figure {
  const medians = rows.toSorted((a, b) => Number(a["median"]) - Number(b["median"]));
  const say = (row: Row | undefined) =>
    `${Number(row?.["median"]).toFixed(1)} basis points at ${Number(row?.["hour"])} h`;
  return drawChart({
    heading: "Range of a minute by hour of the day (UTC)",
    alt: `Curve of the median over 24 hours inside the band of the middle half. The median is ` +
      `lowest with ${say(medians[0])} and highest with ${say(medians.at(-1))}.`,
    note: "(high - low) / open, basis points: median, and the middle half of all minutes",
    x: { label: "hour", tickFormat: (hour: number) => String(hour), labelArrow: "none" },
    y: { label: "bp", zero: true, grid: true },
    marks: [
      Plot.areaY(rows, { x: "hour", y1: "q25", y2: "q75", fill: SERIES.main, fillOpacity: 0.15 }),
      Plot.lineY(rows, { x: "hour", y: "median", stroke: SERIES.main, strokeWidth: 2 }),
      Plot.dot(rows, { x: "hour", y: "median", fill: SERIES.main, r: 3 }),
    ],
  });
}

/** Volatility over the week; rows of `weekday` (1 is Monday), `hour`, `median`. */
export function weekChart(rows: readonly Row[]): Figure {
  return drawChart({
    heading: "Median range of a minute over the week (UTC)",
    note: "basis points; the darker, the livelier",
    alt:
      "Table of 7 weekdays by 24 hours, shaded by the median range of a minute, which is written " +
      `in each cell: ${Math.min(...rows.map((row) => Number(row["median"]))).toFixed(1)} to ${
        Math.max(...rows.map((row) => Number(row["median"]))).toFixed(1)
      } basis points.`,
    height: 260,
    padding: 0.04,
    x: { label: null, type: "band" },
    y: { label: null, type: "band", tickFormat: (day: number) => WEEKDAYS[day] ?? "" },
    color: { type: "linear", range: ["#eef4fb", "#123f75"], interpolate: "rgb" },
    marks: [
      Plot.cell(rows, { x: "hour", y: "weekday", fill: "median" }),
      Plot.text(rows, {
        x: "hour",
        y: "weekday",
        text: (row: Row) => Number(row["median"]).toFixed(1),
        fill: (row: Row) => row["dark"] === true ? "white" : INK.ink,
        fontSize: 10.5,
      }),
    ],
  });
}

/** Density of standardized returns; rows of `z`, `density`. */
export function returnChart(rows: readonly Row[]): Figure {
  const normal = Array.from({ length: 101 }, (_, i) => {
    const z = (i - 50) / 10;
    return { z, density: Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI) };
  });
  return drawChart({
    heading: "One-minute log returns",
    note: "Density in standard deviations, log scale. A Gaussian would be the parabola.",
    alt:
      "Dots of the measured density and the parabola of a Gaussian. The dots are higher in the " +
      "middle and far above the parabola beyond four deviations.",
    legend: [
      { label: "measured", color: SERIES.main },
      { label: "Gaussian of the same deviation", color: SERIES.other },
    ],
    height: 340,
    x: { label: "standard deviations", labelArrow: "none", domain: [-20, 20] },
    y: {
      type: "log",
      label: "density",
      grid: true,
      domain: [1e-6, 2],
      tickFormat: ".0e",
      ticks: 6,
    },
    marks: [
      Plot.line(normal, { x: "z", y: "density", stroke: SERIES.other, strokeWidth: 2, clip: true }),
      Plot.dot(rows, { x: "z", y: "density", fill: SERIES.main, r: 2.5, clip: true }),
    ],
  });
}

/** Share of minutes with a larger value; rows of `what`, `bp`, `share`. */
export function tailChart(rows: readonly Row[]): Figure {
  return drawChart({
    heading: "Share of minutes that move more than a given size",
    alt:
      "Two falling curves on log scales, for the range and for the size of the return; both are " +
      "nearly straight at their right ends.",
    note:
      "Share of minutes, both scales logarithmic: tails that are nearly straight are power laws.",
    legend: [
      { label: "range", color: SERIES.other },
      { label: "|return|", color: SERIES.main },
    ],
    height: 340,
    x: { type: "log", label: "basis points", labelArrow: "none", tickFormat: "~g" },
    y: { type: "log", label: "share of minutes", grid: true, tickFormat: ".0e", ticks: 6 },
    color: { domain: ["range", "return"], range: [SERIES.other, SERIES.main] },
    marks: [Plot.line(rows, { x: "bp", y: "share", stroke: "what", strokeWidth: 2 })],
  });
}

/** Autocorrelation by lag. */
export function autocorrelationChart(correlations: readonly LagCorrelation[]): Figure {
  const names = [...new Set(correlations.map(({ series }) => series))];
  const colors = [SERIES.other, "#1a7f56", SERIES.main];
  return drawChart({
    heading: "Memory of returns, range and volume",
    alt: `Curves of ${names.join(", ")} over the lag: ${
      names.map((name) => {
        const first = correlations.find(({ series }) => series === name);
        return `${name} ${first?.correlation.toFixed(2)} at ${first?.lag} minute`;
      }).join(", ")
    }. Those of range and volume fall slowly, with humps at a day and a week.`,
    note: "Autocorrelation by lag, minutes on a log scale; dashed: an hour, a day, a week",
    legend: names.map((label, i) => ({ label, color: colors[i] ?? INK.soft })),
    height: 340,
    x: { type: "log", label: "lag, minutes", labelArrow: "none", tickFormat: "~s" },
    y: { label: "correlation", grid: true },
    color: { domain: names, range: colors },
    marks: [
      Plot.ruleX([60, 1440, 10080], { stroke: INK.line, strokeDasharray: "3,3" }),
      Plot.ruleY([0], { stroke: INK.faint }),
      Plot.line(correlations, { x: "lag", y: "correlation", stroke: "series", strokeWidth: 2 }),
    ],
  });
}
