import * as Plot from "@observablehq/plot";
import type { HmmArtifact } from "../../../models/artifact/read.ts";
import { drawChart, type Figure } from "../figure.ts";
import { INK, regimeColors } from "../palette.ts";
import type { SeenBars } from "../seen_bars.ts";

/** Bins of a histogram, and its half-width. */
const BINS = 100;
const REACH = 5;

/** Share of all bars in each bin of a feature and each regime. */
function histogram({ rows, dims, path }: SeenBars, feature: number, states: number) {
  const counts = new Float64Array(states * BINS);
  for (let t = 0; t < path.length; t++) {
    const value = rows[t * dims + feature] ?? NaN;
    const bin = Math.floor((value + REACH) / (2 * REACH) * BINS);
    const cell = (path[t] ?? 0) * BINS + bin;
    if (bin >= 0 && bin < BINS) counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return Array.from(counts, (count, i) => ({
    state: Math.floor(i / BINS),
    x1: (i % BINS) / BINS * 2 * REACH - REACH,
    x2: (i % BINS + 1) / BINS * 2 * REACH - REACH,
    share: count / path.length,
  }));
}

/** Distribution of each feature, by regime. */
export function featureChart(
  { features, hmm }: Pick<HmmArtifact, "features" | "hmm">,
  seen: SeenBars,
): Figure {
  const { labels } = hmm;
  const colors = regimeColors(labels);
  const bars = features.names.flatMap((feature, d) =>
    histogram(seen, d, labels.length).map(({ state, ...bar }) => ({
      ...bar,
      feature: feature.replaceAll("_", " "),
      regime: labels[state] ?? "",
    }))
  );
  return drawChart({
    heading: "Distribution of the features",
    alt: `Histograms of ${features.names.join(", ").replaceAll("_", " ")}, each bar divided by ` +
      `the regimes ${labels.join(", ")}.`,
    note: "Each feature in the model's units, coloured by the filter's regime",
    legend: labels.map((label, k) => ({ label, color: colors[k] ?? INK.soft })),
    height: 250,
    marginTop: 34,
    fx: { label: null, domain: features.names.map((name) => name.replaceAll("_", " ")) },
    x: { label: "deviations from the usual level", labelArrow: "none" },
    y: { label: "share of bars", grid: true, tickFormat: ".1%" },
    color: { domain: labels, range: [...colors] },
    marks: [
      Plot.rectY(bars, {
        fx: "feature",
        x1: "x1",
        x2: "x2",
        y: "share",
        fill: "regime",
        order: [...labels],
        insetLeft: 0,
        insetRight: 0,
      }),
      Plot.ruleY([0], { stroke: INK.line }),
    ],
  });
}
