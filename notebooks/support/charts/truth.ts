import * as Plot from "@observablehq/plot";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { drawChart, type Figure } from "../figure.ts";
import type { InformedAccuracy } from "../informed_filter.ts";
import { INK, regimeColors, SERIES } from "../palette.ts";

/** Accuracy of a filter on a market. */
export interface MarketAccuracy {
  readonly market: string;
  readonly filter: string;
  readonly accuracy: number;
}

/** Target: share of the oracle's accuracy. */
export const TARGET = 0.97;

/** Accuracy of several filters on several simulated markets. */
export function accuracyChart(rows: readonly MarketAccuracy[]): Figure {
  const filters = [...new Set(rows.map(({ filter }) => filter))];
  const markets = [...new Set(rows.map(({ market }) => market))];
  const colors = [SERIES.main, SERIES.other, "#1a7f56", INK.faint];
  return drawChart({
    heading: "Accuracy of each filter",
    note: "Share of minutes with the true regime, on markets that no model was trained on",
    alt: `Dots by market: ${
      rows.map(({ market, filter, accuracy }) =>
        `${market}, ${filter} ${(100 * accuracy).toFixed(1)} %`
      ).join("; ")
    }.`,
    legend: filters.map((label, i) => ({ label, color: colors[i] ?? INK.soft })),
    height: 60 + 52 * markets.length,
    marginLeft: 150,
    x: { label: "accuracy", labelArrow: "none", grid: true, domain: [0, 1], tickFormat: ".0%" },
    y: { label: null, type: "band", domain: markets, padding: 0.3 },
    marks: [
      Plot.ruleY(markets, { stroke: INK.grid }),
      // Dodged, as some are equal.
      ...filters.map((filter, i) =>
        Plot.dot(rows.filter((row) => row.filter === filter), {
          x: "accuracy",
          y: "market",
          dy: 9 * (i - (filters.length - 1) / 2),
          r: 5,
          fill: colors[i] ?? INK.soft,
        })
      ),
    ],
  });
}

/** Right end of the axis: a filter that observes ranges may exceed the optimal one. */
const RIGHT = 1.02;

/** Accuracy of oracle baselines divided by the oracle's, by market. */
export function knowledgeChart(
  rows: readonly (InformedAccuracy & { readonly market: string })[],
): Figure {
  const sights = [...new Set(rows.map(({ sees }) => sees))];
  const means = sights.map((sees) => {
    const ratios = rows.filter((row) => row.sees === sees).map((row) => row.accuracy / row.optimal);
    return { sees, ratio: ratios.reduce((sum, x) => sum + x, 0) / ratios.length };
  });
  return drawChart({
    heading: "Accuracy by features",
    alt: `Dots by features: ${
      means.map(({ sees, ratio }) => `${sees} ${ratio.toFixed(3)}`).join("; ")
    }.`,
    note: "Accuracy divided by the oracle's: each market, and their mean; " +
      `the line is the target, ${TARGET}`,
    height: 60 + 44 * sights.length,
    marginLeft: 290,
    marginRight: 60,
    x: { label: "ratio", labelArrow: "none", grid: true, domain: [0.9, RIGHT] },
    y: { label: null, type: "band", domain: sights, padding: 0.35 },
    marks: [
      Plot.ruleX([TARGET], { stroke: SERIES.other, strokeWidth: 2 }),
      Plot.dot(rows, {
        x: (row: InformedAccuracy) => row.accuracy / row.optimal,
        y: "sees",
        r: 4,
        stroke: SERIES.main,
      }),
      Plot.dot(means, { x: "ratio", y: "sees", r: 6, fill: SERIES.main }),
      Plot.text(means, {
        x: RIGHT,
        y: "sees",
        text: ({ ratio }: typeof means[number]) => ratio.toFixed(3),
        dx: 12,
        textAnchor: "start",
        fill: INK.soft,
      }),
    ],
  });
}

/** Probabilities of one filter over time. */
export interface Strip {
  readonly name: string;
  /** Labels of its regimes. */
  readonly labels: readonly string[];
  /** One number per regime and minute. */
  readonly posteriors: Float64Array;
}

/** Known regimes as probabilities 0 and 1. */
export function certain(path: Uint8Array, states: number): Float64Array {
  return Float64Array.from(
    { length: path.length * states },
    (_, i) => path[Math.floor(i / states)] === i % states ? 1 : 0,
  );
}

/** Several filters over the same minutes, one below the other. */
export function stripChart(
  strips: readonly Strip[],
  { start, heading, note }: {
    /** Open time of the first minute, ms UTC. */
    readonly start: number;
    readonly heading: string;
    readonly note: string;
  },
): Figure {
  const labels = [...new Set(strips.flatMap((strip) => strip.labels))];
  const colors = regimeColors(labels);
  const areas = strips.flatMap(({ name, labels: own, posteriors }) =>
    Array.from(posteriors, (p, i) => ({
      name,
      time: new Date(start + Math.floor(i / own.length) * MINUTE_MS),
      label: own[i % own.length] ?? "",
      p,
    }))
  );
  return drawChart({
    heading,
    alt: `Strips of stacked probabilities over the same minutes, one below the other: ${
      strips.map(({ name }) => name).join(", ")
    }.`,
    note,
    legend: labels.map((label, k) => ({ label, color: colors[k] ?? INK.soft })),
    height: 50 + 80 * strips.length,
    marginRight: 130,
    fy: { label: null, domain: strips.map(({ name }) => name), padding: 0.15 },
    x: { type: "utc", label: "UTC", labelArrow: "none" },
    y: { label: null, domain: [0, 1], ticks: 2 },
    color: { domain: labels, range: colors },
    marks: [
      Plot.areaY(areas, {
        fy: "name",
        x: "time",
        y: "p",
        fill: "label",
        order: labels,
        curve: "step-after",
      }),
    ],
  });
}
