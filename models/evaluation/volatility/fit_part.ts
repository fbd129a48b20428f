import type { CoreForecast } from "../../../core-wasm/core.ts";
import { type Adaptive, fitAdaptive } from "../../training/volatility/adaptive.ts";
import { labelChanges } from "../../training/volatility/change.ts";
import { fitForecast } from "../../training/volatility/fit_forecast.ts";
import { scoredRows, trainingRows } from "../../training/volatility/usable_rows.ts";
import {
  type Horizon,
  pick,
  pickBytes,
  type VolatilityHistory,
} from "../../training/volatility/history.ts";
import { type Basis, type ModelRun, NO_LABEL } from "../../training/volatility/run.ts";
import { CLASSES } from "../forecast.ts";
import {
  fitEwma,
  fitGarchLine,
  fitHar,
  type LineBaseline,
  type LineForecast,
} from "./baselines.ts";
import { classesOf, onBasis, outcomesOf } from "./classes.ts";
import { fitKnotTable, type KnotTable } from "./knot_table.ts";
import { fitLevelTable, type LevelTable } from "./level_table.ts";
import { fitSign } from "./sign.ts";
import { fitThresholds, type RangeThresholds } from "./thresholds.ts";

/** What is fitted for a basis of the regimes. */
export interface BasisModels {
  readonly tables: Readonly<Record<LineBaseline, KnotTable>>;
  /** What followed the model's own label. */
  readonly label: LevelTable;
  readonly thresholds: RangeThresholds;
  /** Share of the bars of each label after which it changed within the hour. */
  readonly changes: Float64Array;
}

/** HAR-RV with the model's own bias and scale. */
export interface AdaptiveHar {
  readonly location: LineForecast;
  readonly adaptive: Adaptive;
}

/** A model and its baselines, fitted on the training rows of a part. */
export interface PartModels {
  readonly forecast: CoreForecast;
  readonly lines: Readonly<Record<LineBaseline, LineForecast>>;
  readonly har: Readonly<Record<Horizon, AdaptiveHar>>;
  readonly bases: Readonly<Record<Basis, BasisModels>>;
  readonly sign: Float64Array;
}

function fitAdaptiveHar(
  history: VolatilityHistory,
  horizon: Horizon,
  rows: Int32Array,
  isUsed: (row: number) => boolean,
): AdaptiveHar {
  const location = fitHar(history, horizon, rows);
  const scored = scoredRows(history, horizon, isUsed);
  return {
    location,
    adaptive: fitAdaptive(history, horizon, location(history), rows, scored).adaptive,
  };
}

/** Share of each label's bars after which it changed; one is added on either side. */
function changeFrequencies(states: Uint8Array, changes: Uint8Array, rows: Int32Array) {
  const seen = new Float64Array(CLASSES).fill(2);
  const changed = new Float64Array(CLASSES).fill(1);
  for (const row of rows) {
    const state = states[row] ?? NO_LABEL;
    const change = changes[row] ?? NO_LABEL;
    if (state === NO_LABEL || change === NO_LABEL) continue;
    seen[state] = (seen[state] ?? NaN) + 1;
    changed[state] = (changed[state] ?? NaN) + change;
  }
  return changed.map((count, k) => count / (seen[k] ?? NaN));
}

function fitBasis(
  history: VolatilityHistory,
  basis: Basis,
  rows: Int32Array,
  run: ModelRun,
  forecast: CoreForecast,
  lines: Readonly<Record<LineBaseline, Float64Array>>,
): BasisModels {
  const truth = classesOf(history, forecast, basis);
  const known = pickBytes(truth, rows);
  const outcomes = outcomesOf(history, basis);
  const { state } = run.regimes[basis];
  const table = (name: LineBaseline) =>
    fitKnotTable(pick(onBasis(history, basis, lines[name]), rows), known);
  return {
    tables: { har: table("har"), ewma: table("ewma"), garch: table("garch") },
    label: fitLevelTable(
      pickBytes(state, rows),
      known,
      pick(outcomes, rows),
    ),
    thresholds: fitThresholds(history, basis, rows, truth, outcomes),
    changes: changeFrequencies(state, labelChanges(history, state), rows),
  };
}

/**
 * Fits a model and its baselines. Everything that a forecaster uses comes from the training rows.
 *
 * @param isUsed Whether a row is a training row, if the model is ready there and its outcome known.
 */
export function fitPart(
  history: VolatilityHistory,
  isUsed: (row: number) => boolean,
): PartModels {
  const { forecast, run } = fitForecast(history, isUsed);
  const rows = trainingRows(history, 15, isUsed);
  const har = {
    15: fitAdaptiveHar(history, 15, rows, isUsed),
    60: fitAdaptiveHar(history, 60, trainingRows(history, 60, isUsed), isUsed),
  };
  const lines = {
    har: har[15].location,
    ewma: fitEwma(history, rows),
    garch: fitGarchLine(history, rows),
  };
  const values = {
    har: lines.har(history),
    ewma: lines.ewma(history),
    garch: lines.garch(history),
  };
  return {
    forecast,
    lines,
    har,
    bases: {
      absolute: fitBasis(history, "absolute", rows, run, forecast, values),
      week: fitBasis(history, "week", rows, run, forecast, values),
    },
    sign: fitSign(history, rows),
  };
}
