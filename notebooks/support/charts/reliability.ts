import * as Plot from "@observablehq/plot";
import type { ForecastBin, ForecastHeldOut } from "../../../models/artifact/forecast_scorecard.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, SERIES } from "../palette.ts";

/** Tenths with fewer bars are left out: their frequencies are noise. */
const LEAST_SHARE = 0.01;

/** Probabilities and what came, by tenth. */
export interface ReliabilitySeries {
  readonly name: string;
  readonly bins: readonly ForecastBin[];
}

/** Said and came: on the diagonal a probability is what it says. */
export function reliabilityChart(
  series: readonly ReliabilitySeries[],
  { heading, note }: { readonly heading: string; readonly note: string },
): Figure {
  const colors = [SERIES.main, SERIES.other];
  const points = series.flatMap(({ name, bins }) =>
    bins.flatMap(({ share, probability, frequency }) =>
      share >= LEAST_SHARE && probability !== null && frequency !== null
        ? [{ name, share, probability, frequency }]
        : []
    )
  );
  const worst = Math.max(...points.map((p) => Math.abs(p.probability - p.frequency)));
  const color = ({ name }: { name: string }) =>
    colors[series.findIndex((one) => one.name === name)] ?? INK.soft;
  return drawChart({
    heading,
    note: `${note}; the larger a dot, the more bars`,
    alt:
      `Reliability diagram of ${points.length} dots along the diagonal. What came differs from ` +
      `what was said by at most ${(100 * worst).toFixed(1)} percentage points.`,
    legend: series.map(({ name }, i) => ({ label: name, color: colors[i] ?? INK.soft })),
    width: 620,
    height: 460,
    x: { label: "said", labelArrow: "none", domain: [0, 1], tickFormat: ".0%", grid: true },
    y: { label: "came", domain: [0, 1], tickFormat: ".0%", grid: true },
    r: { range: [2, 12], domain: [0, Math.max(...points.map(({ share }) => share))] },
    marks: [
      Plot.line([[0, 0], [1, 1]], { stroke: INK.faint, strokeDasharray: "4,4" }),
      Plot.line(points, { x: "probability", y: "frequency", z: "name", stroke: color }),
      Plot.dot(points, { x: "probability", y: "frequency", r: "share", fill: color }),
    ],
  });
}

const INTERVALS = [
  ["15", "80", 0.8],
  ["15", "95", 0.95],
  ["60", "80", 0.8],
  ["60", "95", 0.95],
] as const;

/** How far the share inside each interval is from what the interval says. */
export function coverageChart({ parts, horizons }: ForecastHeldOut): Figure {
  const rows = INTERVALS.map(([horizon, level]) => `${horizon} minutes, ${level} %`);
  const pooled = INTERVALS.flatMap(([horizon, level, nominal], i) => {
    const found = horizons[horizon][level === "80" ? "coverage_80" : "coverage_95"];
    return found === null ? [] : [{
      row: rows[i] ?? "",
      value: 100 * (found.value - nominal),
      low: 100 * (found.low - nominal),
      high: 100 * (found.high - nominal),
      text: `${(100 * found.value).toFixed(1)} %`,
    }];
  });
  const single = INTERVALS.flatMap(([horizon, level, nominal], i) =>
    parts.map(({ coverage }) => ({
      row: rows[i] ?? "",
      value: 100 *
        (coverage[horizon][level === "80" ? "within_80" : "within_95"] - nominal),
    }))
  );
  const reach = Math.max(5, ...single.map(({ value }) => Math.abs(value)));
  return drawChart({
    heading: "Coverage of the intervals",
    note: "Share of the outcomes inside, minus what the interval says, percentage points; " +
      "with 95 % intervals",
    alt: `Four rows of dots around zero. Inside were: ${
      pooled.map(({ row, text }) => `${row}: ${text}`).join("; ")
    }.`,
    legend: [
      { label: "all parts together", color: SERIES.main },
      { label: "each part", color: INK.faint },
    ],
    height: 230,
    marginLeft: 130,
    marginRight: 60,
    x: {
      label: "percentage points",
      labelArrow: "none",
      grid: true,
      domain: [-reach, reach],
    },
    y: { label: null, type: "band", domain: rows },
    marks: [
      Plot.ruleX([0], { stroke: INK.faint }),
      Plot.link(pooled, {
        x1: "low",
        x2: "high",
        y1: "row",
        y2: "row",
        stroke: SERIES.main,
        strokeWidth: 4,
      }),
      Plot.dot(single, { x: "value", y: "row", stroke: INK.faint, r: 4 }),
      Plot.dot(pooled, { x: "value", y: "row", fill: SERIES.main, r: 6 }),
      Plot.text(pooled, {
        x: reach,
        y: "row",
        text: "text",
        dx: 12,
        textAnchor: "start",
        fill: INK.soft,
      }),
    ],
  });
}
