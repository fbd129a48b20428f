import * as Plot from "@observablehq/plot";
import { drawChart, type Figure, WIDTH } from "../figure.ts";
import { INK, regimeColors } from "../palette.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

/** Contiguous minutes of a market with a model's output. */
export interface RegimeMinutes {
  /** Open time of the first minute, ms UTC. */
  readonly start: number;
  readonly closes: Float64Array;
  /** Most probable regime of each minute; the number of regimes where there is none. */
  readonly path: Uint8Array;
  /** One number per regime and minute. */
  readonly filtered: Float64Array;
}

/** Most columns of a chart. */
const COLUMNS = 1600;

/** Runs of one regime. */
function findRuns({ start, path }: RegimeMinutes, labels: readonly string[]) {
  const runs: { from: Date; to: Date; label: string }[] = [];
  let first = 0;
  for (let t = 1; t <= path.length; t++) {
    if (t < path.length && path[t] === path[first]) continue;
    runs.push({
      from: new Date(start + first * MINUTE_MS),
      to: new Date(start + t * MINUTE_MS),
      label: labels[path[first] ?? 0] ?? "",
    });
    first = t;
  }
  return runs;
}

/** Step between drawn minutes, so that a chart stays small. */
function thin(minutes: number): readonly number[] {
  const stride = Math.max(1, Math.ceil(minutes / COLUMNS));
  return Array.from({ length: Math.ceil(minutes / stride) }, (_, i) => i * stride);
}

const legendOf = (labels: readonly string[], colors: readonly string[]) =>
  labels.map((label, k) => ({ label, color: colors[k] ?? INK.soft }));

/** The price over the colours of the regimes. */
export function priceChart(
  minutes: RegimeMinutes,
  labels: readonly string[],
  { heading, note, marks = [] }: { heading: string; note?: string; marks?: Plot.Markish[] },
): Figure {
  const colors = regimeColors(labels);
  const prices = thin(minutes.closes.length).map((t) => ({
    time: new Date(minutes.start + t * MINUTE_MS),
    price: minutes.closes[t],
  }));
  const shares = labels.map((label, k) =>
    `${label} ${
      (100 * minutes.path.filter((state) => state === k).length / minutes.path.length).toFixed(0)
    } %`
  );
  return drawChart({
    heading,
    alt: `The price over time on a background in the colours of the regimes: ${
      shares.join(", ")
    } of the minutes.`,
    ...(note !== undefined && { note }),
    legend: legendOf(labels, colors),
    height: 280,
    x: { type: "utc", label: null },
    y: { label: "price", grid: false, nice: true },
    color: { domain: labels, range: colors },
    marks: [
      Plot.rectX(findRuns(minutes, labels).filter(({ label }) => label !== ""), {
        x1: "from",
        x2: "to",
        fill: "label",
        fillOpacity: 0.45,
      }),
      Plot.lineY(prices, { x: "time", y: "price", stroke: INK.ink, strokeWidth: 1.1 }),
      ...marks,
    ],
  });
}

/** The regimes' probabilities, stacked. */
export function probabilityChart(minutes: RegimeMinutes, labels: readonly string[]): Figure {
  const colors = regimeColors(labels);
  const shares = thin(minutes.path.length).flatMap((t) =>
    labels.map((label, k) => ({
      time: new Date(minutes.start + t * MINUTE_MS),
      label,
      p: minutes.filtered[t * labels.length + k] ?? NaN,
    }))
  );
  return drawChart({
    heading: "Probabilities of the regimes",
    note: "P(regime | this minute and earlier ones), stacked",
    alt: `Stacked areas over time, one for each of ${labels.join(", ")}; they add up to 1.`,
    width: WIDTH,
    height: 170,
    x: { type: "utc", label: null },
    y: { label: "probability", domain: [0, 1], ticks: 3 },
    color: { domain: labels, range: colors },
    marks: [Plot.areaY(shares, { x: "time", y: "p", fill: "label", order: [...labels] })],
  });
}

/** Height of a price chart above its ticks, and of a row of ticks, pixels. */
const [TICK_INSET, TICK_HEIGHT] = [208, 14];

/** Ticks at the bottom of a price chart, in rows from the top down. */
export function alarmTicks(times: readonly Date[], color: string, row: number): Plot.Markish {
  return Plot.ruleX(times, {
    stroke: color,
    strokeOpacity: 0.7,
    strokeWidth: 1,
    insetTop: TICK_INSET - TICK_HEIGHT + row * TICK_HEIGHT,
    insetBottom: TICK_HEIGHT - row * TICK_HEIGHT,
  });
}
