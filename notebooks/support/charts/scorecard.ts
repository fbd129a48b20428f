import * as Plot from "@observablehq/plot";
import { labelKey } from "../../../data/schema/signal.ts";
import type { HeldOut } from "../../../models/artifact/walk_forward.ts";
import type { ClassicEvaluation } from "../evaluate_classic.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, regimeColors, SERIES } from "../palette.ts";
import { differenceChart, place } from "./differences.ts";

/** Name of the model in the charts. */
const MODEL = "classic";

/** Log-likelihood of held-out bars: gain of the model over simpler and larger ones. */
export function likelihoodChart(
  { heldOut: { log_likelihood_gain: gains } }: ClassicEvaluation,
): Figure {
  const placed = [
    ...place(gains.gaussian, "one Gaussian", MODEL),
    ...place(gains.mixture, "mixture without dynamics", MODEL),
    ...place(gains.fewer_states, "one state fewer", MODEL),
    ...place(gains.more_states, "one state more", MODEL),
  ];
  return differenceChart(placed, {
    heading: "Held-out log-likelihood, minus that of …",
    unit: "nats per bar",
  });
}

const MINUTE_TICKS = [1, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000];

/** Dwell times of regimes on held-out bars, and those expected from the fitted chain. */
export function dwellChart({ labels, heldOut }: ClassicEvaluation): Figure {
  const rows = labels.flatMap((label) => {
    const regime = heldOut.regimes[labelKey(label)];
    return regime === undefined
      ? []
      : [{ label, mean: regime.mean_dwell_minutes, expected: regime.expected_dwell_minutes }];
  });
  const minutes = rows.flatMap(({ mean, expected }) => [mean, expected]);
  const ticks = MINUTE_TICKS.filter((tick) =>
    tick > Math.min(...minutes) && tick < Math.max(...minutes)
  );
  return drawChart({
    heading: "Dwell time of regimes",
    alt: `Pairs of dots for each regime. Mean dwell times: ${
      rows.map(({ label, mean }) => `${label} ${mean.toFixed(1)} minutes`).join(", ")
    }.`,
    note: `Mean minutes, log scale. Changes of regime per day: ${heldOut.flips_per_day.toFixed(0)}`,
    legend: [
      { label: "filter on held-out bars", color: SERIES.main },
      { label: "expected from the transition probabilities", color: SERIES.other },
    ],
    height: 80 + 32 * rows.length,
    marginLeft: 130,
    marginRight: 90,
    x: {
      type: "log",
      label: "minutes",
      labelArrow: "none",
      grid: true,
      ticks,
      inset: 10,
      tickFormat: "~g",
    },
    y: { label: null, type: "band", domain: rows.map(({ label }) => label) },
    marks: [
      Plot.link(rows, { x1: "mean", x2: "expected", y1: "label", y2: "label", stroke: INK.line }),
      Plot.dot(rows, { x: "expected", y: "label", stroke: SERIES.other, strokeWidth: 2, r: 5 }),
      Plot.dot(rows, { x: "mean", y: "label", fill: SERIES.main, r: 5 }),
      Plot.text(rows, {
        x: (row: typeof rows[number]) => Math.max(row.mean, row.expected),
        y: "label",
        text: (row: typeof rows[number]) => row.mean.toFixed(row.mean < 10 ? 1 : 0),
        dx: 12,
        textAnchor: "start",
        fill: INK.soft,
      }),
    ],
  });
}

/** Realized volatility of the minutes after each regime. */
export function outcomeChart({ labels, heldOut, walkForward }: ClassicEvaluation): Figure {
  const colors = regimeColors(labels);
  const placed = labels.flatMap((label, k) =>
    place(heldOut.regimes[labelKey(label)]?.next?.volatility_bp, label, MODEL).map((one) => ({
      ...one,
      color: colors[k] ?? INK.soft,
    }))
  );
  const horizon = walkForward.protocol.horizon_minutes;
  return drawChart({
    heading: `Realized volatility in the ${horizon} minutes after each regime`,
    note: "Means over held-out bars with 95 % block-bootstrap intervals, basis points",
    alt: `Dots with intervals: ${
      placed.map(({ row, value }) => `${row} ${value.toFixed(1)} basis points`).join(", ")
    }.`,
    height: 60 + 34 * placed.length,
    marginLeft: 130,
    marginRight: 60,
    x: { label: "basis points", labelArrow: "none", grid: true, zero: true },
    y: { label: null, type: "band", domain: placed.map(({ row }) => row) },
    marks: [
      Plot.link(placed, {
        x1: "low",
        x2: "high",
        y1: "row",
        y2: "row",
        stroke: "color",
        strokeWidth: 4,
      }),
      Plot.dot(placed, { x: "value", y: "row", fill: "color", r: 6 }),
      Plot.text(placed, {
        x: "high",
        y: "row",
        text: ({ value }) => value.toFixed(1),
        dx: 10,
        textAnchor: "start",
        fill: INK.soft,
      }),
    ],
  });
}

type Baselines = HeldOut["forecast"]["baselines"];
const METRICS = [
  ["accuracy", "Share of bars with the right tercile", "share"],
  ["log_score", "Log score of the forecast", "nats per bar"],
  ["rank_correlation", "Rank correlation of forecast and outcome", "Spearman's rho"],
] as const;

/** Names of the baselines. */
const WORDS: Readonly<Record<string, string>> = {
  hysteresis: "hysteresis, range vs. prior window",
  plain_hysteresis: "hysteresis, plain range",
  range: "range vs. prior window",
  frequencies: "training frequencies",
};

/** Forecast scores of the model minus each baseline's, by metric. */
export function forecastCharts({ heldOut }: ClassicEvaluation): readonly Figure[] {
  const baselines: readonly [string, Baselines[keyof Baselines]][] = Object.entries(
    heldOut.forecast.baselines,
  );
  return METRICS.map(([metric, words, unit]) => {
    const placed = baselines.flatMap(([name, { model_minus }]) =>
      place(model_minus[metric], WORDS[name] ?? name.replaceAll("_", " "), MODEL)
    );
    return differenceChart(placed, { heading: `${words}, minus that of …`, unit });
  });
}
