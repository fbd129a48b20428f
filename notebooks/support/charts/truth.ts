import * as Plot from "@observablehq/plot";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, regimeColors, SERIES } from "../palette.ts";

/** Accuracy of a filter on a market. */
export interface MarketAccuracy {
  readonly market: string;
  readonly filter: string;
  readonly accuracy: number;
}

/** Accuracy of several filters on several simulated markets. */
export function accuracyChart(rows: readonly MarketAccuracy[]): Figure {
  const filters = [...new Set(rows.map(({ filter }) => filter))];
  const markets = [...new Set(rows.map(({ market }) => market))];
  const colors = [INK.ink, SERIES.main, "#1a7f56", SERIES.other, INK.faint];
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
