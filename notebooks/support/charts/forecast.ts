import * as Plot from "@observablehq/plot";
import { CONTRIBUTIONS } from "../../../core-wasm/core.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { drawChart, type Figure } from "../figure.ts";
import { mean } from "../mean.ts";
import { INK, SERIES } from "../palette.ts";

/** Contiguous minutes with the forecast of the next 15 minutes, and what came; basis points. */
export interface ForecastMinutes {
  /** Open time of the first minute, ms UTC. */
  readonly start: number;
  /** Quantiles 10, 50 and 90 %; NaN where there is no forecast. */
  readonly low: Float64Array;
  readonly median: Float64Array;
  readonly high: Float64Array;
  /** Realized volatility; NaN where it is not known. */
  readonly realized: Float64Array;
}

/** Most columns of a chart. */
const COLUMNS = 800;

/** The forecast's 80 % interval and median, and what came. */
export function forecastChart(minutes: ForecastMinutes, heading: string): Figure {
  const { start, low, median, high, realized } = minutes;
  const stride = Math.max(1, Math.ceil(low.length / COLUMNS));
  const rows = Array.from({ length: Math.ceil(low.length / stride) }, (_, i) => ({
    time: new Date(start + i * stride * MINUTE_MS),
    low: low[i * stride] ?? NaN,
    median: median[i * stride] ?? NaN,
    high: high[i * stride] ?? NaN,
    realized: realized[i * stride] ?? NaN,
  })).filter((row) => !Number.isNaN(row.median));
  const known = rows.filter((row) => !Number.isNaN(row.realized));
  const inside = known.filter((row) => row.realized >= row.low && row.realized <= row.high);
  const share = (100 * inside.length / known.length).toFixed(0);
  return drawChart({
    heading,
    note: "Realized volatility of the next 15 minutes, basis points, log scale",
    alt: `Time series: a band of the forecast's 80 % interval around its median, and a dot for ` +
      `what came, inside the band in ${share} % of the minutes shown.`,
    legend: [
      { label: "forecast: median and 80 % interval", color: SERIES.main },
      { label: "what came", color: SERIES.other },
    ],
    height: 300,
    x: { type: "utc", label: null },
    y: { type: "log", label: "bp", grid: true, tickFormat: "~g", ticks: 6 },
    marks: [
      Plot.areaY(rows, { x: "time", y1: "low", y2: "high", fill: SERIES.main, fillOpacity: 0.18 }),
      Plot.dot(known.filter((row) => row.realized > 0), {
        x: "time",
        y: "realized",
        fill: SERIES.other,
        r: 1.5,
        fillOpacity: 0.7,
      }),
      Plot.lineY(rows, { x: "time", y: "median", stroke: SERIES.main, strokeWidth: 1.6 }),
    ],
  });
}

/** Ticks of a density. */
const DENSITIES = [1e-4, 1e-3, 1e-2, 1e-1, 1];
/** Points on either side that a density is taken over. */
const REACH = 10;

/** Distribution of the scaled errors, from its equally spaced quantiles, beside a Gaussian. */
export function errorChart(quantiles: readonly number[]): Figure {
  const step = 2 * REACH / (quantiles.length - 1);
  // Beyond, a window would reach to the single outermost errors.
  const density = quantiles.slice(2 * REACH, -2 * REACH).map((z, i) => ({
    z,
    density: step / ((quantiles[i + 3 * REACH] ?? NaN) - (quantiles[i + REACH] ?? NaN)),
  }));
  const center = mean(quantiles);
  const deviation = Math.sqrt(mean(quantiles.map((z) => (z - center) ** 2)));
  const normal = Array.from({ length: 121 }, (_, i) => {
    const x = (i - 60) / 15;
    return {
      z: center + x * deviation,
      density: Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI) / deviation,
    };
  });
  return drawChart({
    heading: "Errors of the forecast, in units of its scale",
    note:
      "Density, log scale: the middle 98 % of the training rows' errors, and a Gaussian as wide",
    alt:
      "Two curves of a density on a log scale. That of the errors is skewed: it falls faster than " +
      "the Gaussian where less came than was forecast, and more slowly where more came.",
    legend: [
      { label: "errors", color: SERIES.main },
      { label: "Gaussian of the same deviation", color: SERIES.other },
    ],
    x: { label: "(y - f) / a", labelArrow: "none" },
    y: {
      type: "log",
      label: "density",
      grid: true,
      tickFormat: "~g",
      ticks: DENSITIES,
      domain: [1e-4, 1],
    },
    marks: [
      Plot.line(normal, { x: "z", y: "density", stroke: SERIES.other, strokeWidth: 2, clip: true }),
      Plot.line(density, { x: "z", y: "density", stroke: SERIES.main, strokeWidth: 2, clip: true }),
    ],
  });
}

/** Minutes that a bar of the contributions is a mean of. */
const BAR_MINUTES = 30;
const COLORS = [
  "#c8127a",
  "#d9650d",
  "#c79a1e",
  "#1a7f56",
  "#596675",
  "#1f72cf",
  "#8a3fd1",
  "#a3adba",
];

/** What moved the forecast away from its mean of the week: stacked parts. */
export function contributionChart(
  { start, contributions }: { readonly start: number; readonly contributions: Float64Array },
  heading: string,
): Figure {
  const width = CONTRIBUTIONS.length;
  const bars = Math.floor(contributions.length / width / BAR_MINUTES);
  const rows = Array.from({ length: bars }, (_, bar) =>
    CONTRIBUTIONS.map((part, k) => ({
      from: new Date(start + bar * BAR_MINUTES * MINUTE_MS),
      to: new Date(start + (bar + 1) * BAR_MINUTES * MINUTE_MS),
      part,
      value: mean(Float64Array.from(
        { length: BAR_MINUTES },
        (_, i) => contributions[(bar * BAR_MINUTES + i) * width + k] ?? NaN,
      )),
    }))).flat().filter(({ value }) => !Number.isNaN(value));
  const size = (part: string) =>
    mean(rows.filter((row) => row.part === part).map(({ value }) => Math.abs(value)));
  const largest = CONTRIBUTIONS.toSorted((a, b) => size(b) - size(a)).slice(0, 2);
  return drawChart({
    heading,
    note: `Means of ${BAR_MINUTES} minutes, in logs of the volatility: +0.1 is a tenth more`,
    alt: "Stacked bars over time: parts that raise the forecast above zero, parts that lower it " +
      `below. The largest in the mean are ${largest.join(" and ")}.`,
    legend: CONTRIBUTIONS.map((label, k) => ({ label, color: COLORS[k] ?? INK.soft })),
    height: 300,
    x: { type: "utc", label: null },
    y: { label: "against the week's mean", grid: true },
    color: { domain: CONTRIBUTIONS, range: COLORS },
    marks: [
      Plot.rectY(rows, { x1: "from", x2: "to", y: "value", fill: "part", inset: 0.5 }),
      Plot.ruleY([0], { stroke: INK.faint }),
    ],
  });
}
