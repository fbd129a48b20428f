import * as Plot from "@observablehq/plot";
import { drawChart, type Figure } from "../figure.ts";
import { INK, regimeColors, SERIES } from "../palette.ts";
import type { TracedIteration } from "../trace_fits.ts";

/** One random start in an artifact's scorecard. */
export interface Restart {
  readonly log_likelihood_per_bar: number;
  readonly iterations: number;
}

/** Baum-Welch from several random starts. */
export function convergenceChart(traces: readonly TracedIteration[]): Figure {
  const best = Math.max(...traces.map(({ logLikelihood }) => logLikelihood));
  const behind = traces.map((trace) => ({ ...trace, gap: best - trace.logLikelihood + 1e-7 }));
  return drawChart({
    heading: "Convergence of Baum-Welch",
    alt: `${new Set(traces.map(({ start }) => start)).size} falling curves, one for each random ` +
      "start: the distance to the best log-likelihood by iteration.",
    note: "Nats per bar below the best of all, log scale: each line is a random start",
    x: { label: "iteration", labelArrow: "none" },
    y: { type: "log", label: "nats behind", grid: true, tickFormat: ".0e", ticks: 6 },
    marks: [
      Plot.line(behind, {
        x: "iteration",
        y: "gap",
        z: "start",
        stroke: SERIES.main,
        strokeOpacity: 0.6,
      }),
    ],
  });
}

/** Final log-likelihood of each random start. */
export function restartChart(restarts: readonly Restart[]): Figure {
  const best = Math.max(...restarts.map((restart) => restart.log_likelihood_per_bar));
  const rows = restarts.map((restart, i) => ({
    start: i + 1,
    gap: Math.max(best - restart.log_likelihood_per_bar, 1e-8),
    iterations: restart.iterations,
  }));
  return drawChart({
    heading: "Final log-likelihood of the random starts",
    alt: `${rows.length} dots, one for each start: ${
      rows.filter(({ gap }) => gap < 1e-4).length
    } are within 0.0001 nats a bar of the best.`,
    note: "Nats per bar below the best, log scale; labels are numbers of iterations.",
    height: 240,
    x: { type: "band", label: "start", labelArrow: "none" },
    y: { type: "log", label: "nats behind", grid: true, tickFormat: ".0e", ticks: 5 },
    marks: [
      Plot.dot(rows, { x: "start", y: "gap", fill: SERIES.main, r: 5 }),
      Plot.text(rows, { x: "start", y: "gap", text: "iterations", dy: -13, fill: INK.soft }),
    ],
  });
}

/** Transition probabilities per minute. */
export function transitionChart(
  transmat: readonly (readonly number[])[],
  labels: readonly string[],
): Figure {
  const cells = transmat.flatMap((row, i) =>
    row.map((p, j) => ({
      from: labels[i] ?? "",
      to: labels[j] ?? "",
      p,
      shade: Math.log10(Math.max(p, 1e-6)),
    }))
  );
  const format = (p: number) => p < 1e-6 ? "< 1e-6" : p < 1e-3 ? p.toExponential(1) : p.toFixed(4);
  return drawChart({
    heading: "Transition probabilities",
    alt: `A table of ${labels.length} by ${labels.length} shaded cells. A regime stays with ${
      cells.filter(({ from, to }) => from === to).map(({ from, p }) => `${from} ${format(p)}`)
        .join(", ")
    }.`,
    note: "Probability of the column's regime a minute after the row's; shades are logarithmic.",
    width: 560,
    height: 250,
    marginLeft: 130,
    padding: 0.04,
    x: { domain: labels, label: null, axis: "top" },
    y: { domain: labels, label: null },
    color: { type: "linear", domain: [-6, 0], range: ["#f6f8fa", "#123f75"], interpolate: "rgb" },
    marks: [
      Plot.cell(cells, { x: "to", y: "from", fill: "shade" }),
      Plot.text(cells, {
        x: "to",
        y: "from",
        text: (cell: { p: number }) => format(cell.p),
        fill: (cell: { shade: number }) => cell.shade > -2.2 ? "white" : INK.ink,
        fontSize: 13,
      }),
    ],
  });
}

/** Rows of features with the filter's regime of each. */
export interface FeatureCloud {
  readonly rows: Float64Array;
  readonly dims: number;
  readonly path: Uint8Array;
}

const CLOUD_POINTS = 4000;
const ELLIPSE_POINTS = 72;

/** Points of the ellipse x' S^-1 x = r^2 about a mean: S = L L', the circle under L. */
function ellipse(mean: readonly number[], covar: readonly (readonly number[])[], radius: number) {
  const a = Math.sqrt(covar[0]?.[0] ?? NaN);
  const b = (covar[1]?.[0] ?? NaN) / a;
  const c = Math.sqrt((covar[1]?.[1] ?? NaN) - b * b);
  return Array.from({ length: ELLIPSE_POINTS + 1 }, (_, i) => {
    const angle = 2 * Math.PI * i / ELLIPSE_POINTS;
    const [u, v] = [radius * Math.cos(angle), radius * Math.sin(angle)];
    return { x: (mean[0] ?? NaN) + a * u, y: (mean[1] ?? NaN) + b * u + c * v };
  });
}

/** Emissions of the regimes: the first two features of a sample of bars, and the Gaussians. */
export function emissionChart(
  { rows, dims, path }: FeatureCloud,
  hmm: {
    readonly means: readonly (readonly number[])[];
    readonly covars: readonly (readonly (readonly number[])[])[];
    readonly labels: readonly string[];
  },
  names: readonly string[],
): Figure {
  const colors = regimeColors(hmm.labels);
  const stride = Math.max(1, Math.floor(path.length / CLOUD_POINTS));
  const points = Array.from({ length: Math.floor(path.length / stride) }, (_, i) => ({
    x: rows[i * stride * dims] ?? NaN,
    y: rows[i * stride * dims + 1] ?? NaN,
    label: hmm.labels[path[i * stride] ?? 0],
  }));
  const sigmas = [1, 2].flatMap((radius) =>
    hmm.means.map((mean, k) =>
      Plot.line(ellipse(mean, hmm.covars[k] ?? [], radius), {
        x: "x",
        y: "y",
        stroke: colors[k] ?? INK.soft,
        strokeWidth: 2.5 / radius,
      })
    )
  );
  return drawChart({
    heading: "Emissions of the regimes",
    alt: `Scatter plot of ${names[0]} and ${names[1]} in the colours of ${
      hmm.labels.join(", ")
    }, with the ellipses of each regime's Gaussian, which overlap.`,
    note: "A sample of bars by the filter's regime; ellipses at one and two standard deviations",
    legend: hmm.labels.map((label, k) => ({ label, color: colors[k] ?? INK.soft })),
    height: 420,
    grid: true,
    x: { label: names[0] ?? "", labelArrow: "none" },
    y: { label: names[1] ?? "" },
    color: { domain: hmm.labels, range: colors },
    marks: [
      Plot.dot(points, { x: "x", y: "y", fill: "label", r: 1.4, fillOpacity: 0.4 }),
      ...sigmas,
    ],
  });
}
