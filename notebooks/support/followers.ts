import { FEATURE_INPUTS, forecastRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { VOLATILITY_LABELS } from "../../models/artifact/labels.ts";
import type { VolatilityArtifact } from "../../models/artifact/read.ts";
import { chooseHysteresis, hysteresisPath } from "../../models/evaluation/hysteresis.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import { forecastBars } from "../../models/training/volatility/markets.ts";
import { REGIMES } from "../../service/commands/notebooks.ts";
import type { SimulatedTruth } from "./simulated_truth.ts";

/** What follows the regimes of a simulated market: a filter, a model, a threshold. */
export interface Follower {
  readonly name: string;
  /** Names of its states. */
  readonly labels: readonly string[];
  /** Index of the first bar at which it says something. */
  readonly first: number;
  /** State of each bar; 0 before the first. */
  readonly path: Uint8Array;
}

/** The reference's most probable regime. */
export function followReference({ reference }: SimulatedTruth): Follower {
  const labels = REGIMES.map(({ name }) => name);
  return { name: "reference", labels, first: 0, path: argmaxRows(reference, REGIMES.length) };
}

/**
 * The label of a volatility model, run like the service: from the bar at which it is ready on. In a
 * market that it has no borders of the label is that against the week.
 */
export function followVolatility(
  name: string,
  { bars }: Pick<SimulatedTruth, "bars">,
  { forecast }: Pick<VolatilityArtifact, "forecast">,
  symbol: string,
): Follower & { readonly posteriors: Float64Array } {
  const rows = forecastRows(loadCore(), forecast, forecastBars([bars]), symbol);
  const isKnown = symbol in forecast.horizons["15"].borders_absolute_y;
  const { posterior, state } = isKnown ? rows.absolute : rows.week;
  const ready = rows.have.findIndex((have) => have >= forecast.need);
  const first = ready < 0 ? rows.count : ready;
  return {
    name,
    labels: VOLATILITY_LABELS,
    first,
    path: state.map((label, t) => t < first ? 0 : label),
    posteriors: posterior,
  };
}

/** Half-life of the threshold's smoothing, bars: as in the scorecard. */
const HALF_LIFE = 10;
/** Keeps the log of a zero range finite. */
const FLOOR = 1e-5;

/** Exponentially weighted mean of the log range. */
function smoothLogRange({ bars }: BarSequence): Float64Array {
  const [open = NaN, high = NaN, low = NaN] = (["open", "high", "low"] as const).map((name) =>
    FEATURE_INPUTS.indexOf(name)
  );
  const weight = 1 - 0.5 ** (1 / HALF_LIFE);
  let average = NaN;
  return Float64Array.from({ length: bars.length / FEATURE_INPUTS.length }, (_, t) => {
    const at = (column: number) => bars[t * FEATURE_INPUTS.length + column] ?? NaN;
    const value = Math.log((at(high) - at(low)) / at(open) + FLOOR);
    average = Number.isNaN(average) ? value : average + weight * (value - average);
    return average;
  });
}

/**
 * A plain hysteresis threshold on the smoothed range, chosen where the true regimes are known to it:
 * on the first half of the bars, with at most 20 changes a day.
 */
export function followThreshold({ bars, regimes }: SimulatedTruth): Follower {
  const values = smoothLogRange(bars);
  const half = Math.floor(values.length / 2);
  const chosen = chooseHysteresis({
    values: values.subarray(0, half),
    lengths: [half],
    truth: regimes.subarray(0, half),
    classes: REGIMES.length,
    levels: REGIMES.length,
  });
  return {
    name: "threshold on the range",
    labels: ["low", "middle", "high"],
    first: 0,
    path: hysteresisPath(values, [values.length], chosen),
  };
}
