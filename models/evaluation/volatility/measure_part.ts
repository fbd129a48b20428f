import { runAdaptive } from "../../training/volatility/adaptive.ts";
import { labelChanges } from "../../training/volatility/change.ts";
import {
  type Horizon,
  mapRows,
  pick,
  pickBytes,
  type VolatilityHistory,
} from "../../training/volatility/history.ts";
import { type Basis, type ModelRun, NO_LABEL, runModel } from "../../training/volatility/run.ts";
import { type Blocks, cutBlocks, sumBlocks } from "../bootstrap.ts";
import { CLASSES } from "../forecast.ts";
import { LINE_BASELINES, type LineBaseline } from "./baselines.ts";
import { binEvents, type Bins } from "./bins.ts";
import { classesOf, onBasis, outcomesOf, scoreClasses } from "./classes.ts";
import { QuantileTable } from "./crps.ts";
import type { PartModels } from "./fit_part.ts";
import { applyKnotTable } from "./knot_table.ts";
import { applyLevelTable } from "./level_table.ts";
import { scoreSign } from "./sign.ts";
import { runLengths, thresholdPath } from "./thresholds.ts";

/** The forecasters of the terciles: the model, its baselines, its label and the thresholds. */
export const FORECASTERS = ["model", ...LINE_BASELINES, "label", "hysteresis"] as const;
/** Name of a forecaster. */
export type Forecaster = typeof FORECASTERS[number];

/** How a forecaster of the terciles fared. */
export interface ForecasterMeasures {
  /** Sums of each block. */
  readonly hits: Float64Array;
  readonly logScores: Float64Array;
  /** The forecast of each row, for its rank. */
  readonly values: Float64Array;
}

/** What is measured on a basis of the regimes. */
export interface BasisMeasures {
  /** Rows of each block whose class is known. */
  readonly known: Float64Array;
  readonly forecasters: Readonly<Record<Forecaster, ForecasterMeasures>>;
  /** What came at each row, for its rank. */
  readonly outcomes: Float64Array;
  /** Changes of the label. */
  readonly flips: number;
  /** Rows with a label, and sums of the volatility after it, of each block and label. */
  readonly labels: readonly { readonly bars: Float64Array; readonly volatility: Float64Array }[];
  /** Whether the named tercile came, by its probability. */
  readonly confidence: Bins;
  /** Rows with a known change, and squared errors of its probability, of each block. */
  readonly changes: {
    readonly bars: Float64Array;
    readonly changed: Float64Array;
    readonly model: Float64Array;
    readonly frequencies: Float64Array;
    readonly bins: Bins;
  };
}

/** What is measured at a horizon: sums of each block. */
export interface HorizonMeasures {
  readonly bars: Float64Array;
  readonly inside80: Float64Array;
  readonly inside95: Float64Array;
  readonly crps: Float64Array;
  readonly harCrps: Float64Array;
}

/** Measures of a part. Nothing is fitted on its rows. */
export interface PartMeasures {
  readonly rows: number;
  /** Blocks of the bootstrap. */
  readonly blocks: Blocks;
  readonly bases: Readonly<Record<Basis, BasisMeasures>>;
  readonly horizons: Readonly<Record<Horizon, HorizonMeasures>>;
  readonly sign: {
    readonly bars: Float64Array;
    readonly moved: Float64Array;
    readonly hits: Float64Array;
    readonly gains: Float64Array;
  };
}

/** Rows of each block whose value is known. */
function countKnown(values: Float64Array, blocks: Blocks): Float64Array {
  return sumBlocks(values.map((value) => (Number.isNaN(value) ? NaN : 1)), blocks);
}

function measureHorizon(
  history: VolatilityHistory,
  horizon: Horizon,
  rows: Int32Array,
  blocks: Blocks,
  models: PartModels,
  run: ModelRun,
): HorizonMeasures {
  const y = pick(history.outcomes[horizon].y, rows);
  const { location, adaptive } = models.har[horizon];
  const har = runAdaptive(history, horizon, location(history), adaptive);
  const own = run.distributions[horizon];
  const table = new QuantileTable(
    models.forecast.horizons[horizon === 15 ? "15" : "60"].z_quantiles,
  );
  const harTable = new QuantileTable(adaptive.quantiles);
  const z = y.map((value, i) => {
    const row = rows[i] ?? 0;
    return (value - (own.f[row] ?? NaN)) / (own.a[row] ?? NaN);
  });
  const inside = (tail: number) => {
    const [low, high] = [table.quantile(tail), table.quantile(1 - tail)];
    return z.map((value) => Number.isNaN(value) ? NaN : value >= low && value <= high ? 1 : 0);
  };
  const harCrps = y.map((value, i) => {
    const row = rows[i] ?? 0;
    const scale = har.a[row] ?? NaN;
    return scale * harTable.crps((value - (har.f[row] ?? NaN)) / scale);
  });
  return {
    bars: countKnown(z, blocks),
    inside80: sumBlocks(inside(0.1), blocks),
    inside95: sumBlocks(inside(0.025), blocks),
    crps: sumBlocks(z.map((value, i) => (own.a[rows[i] ?? 0] ?? NaN) * table.crps(value)), blocks),
    harCrps: sumBlocks(harCrps, blocks),
  };
}

/** Changes of a path between consecutive rows. */
function countFlips(states: Uint8Array, rows: Int32Array): number {
  let flips = 0;
  for (let i = 1; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    if (rows[i - 1] === row - 1 && states[row] !== states[row - 1]) flips++;
  }
  return flips;
}

function measureBasis(
  history: VolatilityHistory,
  basis: Basis,
  rows: Int32Array,
  blocks: Blocks,
  models: PartModels,
  run: ModelRun,
  lines: Readonly<Record<LineBaseline, Float64Array>>,
  borders: string | undefined,
): BasisMeasures {
  const classes = classesOf(history, models.forecast, basis, borders);
  const truth = pickBytes(classes, rows);
  const { posterior, state, change } = run.regimes[basis];
  const own = models.bases[basis];
  const probabilities = new Float64Array(rows.length * CLASSES);
  for (let i = 0; i < probabilities.length; i++) {
    const row = rows[Math.floor(i / CLASSES)] ?? 0;
    probabilities[i] = posterior[row * CLASSES + i % CLASSES] ?? NaN;
  }
  const scored = scoreClasses(probabilities, truth);
  const measure = (chances: Float64Array, values: Float64Array): ForecasterMeasures => {
    const { hits, logScores } = scoreClasses(chances, truth);
    return { hits: sumBlocks(hits, blocks), logScores: sumBlocks(logScores, blocks), values };
  };
  const line = (name: LineBaseline) => {
    const values = pick(onBasis(history, basis, lines[name]), rows);
    return measure(applyKnotTable(own.tables[name], values), values);
  };
  const levels = (path: Uint8Array, table: typeof own.label) => {
    const picked = pickBytes(path, rows);
    const values = Float64Array.from(picked, (level) => table.means[level] ?? NaN);
    return measure(applyLevelTable(table, picked), values);
  };
  const states = pickBytes(state, rows);
  const volatility = pick(history.outcomes[15].volatility, rows);
  const confidence = Float64Array.from(states, (k, i) => probabilities[i * CLASSES + k] ?? NaN);
  const named = Float64Array.from(
    scored.hits,
    (hit, i) => Number.isNaN(hit) ? NaN : truth[i] === states[i] ? 1 : 0,
  );
  const changed = labelChanges(history, state);
  const events = mapRows(rows, (row) => changed[row] === NO_LABEL ? NaN : changed[row] ?? NaN);
  const chances = pick(change, rows);
  const squared = (chance: (i: number) => number) =>
    sumBlocks(events.map((event, i) => (event - chance(i)) ** 2), blocks);
  return {
    known: countKnown(scored.hits, blocks),
    forecasters: {
      model: {
        hits: sumBlocks(scored.hits, blocks),
        logScores: sumBlocks(scored.logScores, blocks),
        values: pick(onBasis(history, basis, run.distributions[15].f), rows),
      },
      har: line("har"),
      ewma: line("ewma"),
      garch: line("garch"),
      label: levels(state, own.label),
      hysteresis: levels(
        thresholdPath(history, basis, own.thresholds.chosen),
        own.thresholds.table,
      ),
    },
    outcomes: pick(outcomesOf(history, basis), rows),
    flips: countFlips(state, rows),
    labels: Array.from({ length: CLASSES }, (_, k) => {
      const after = volatility.map((value, i) => (states[i] === k ? value : NaN));
      return { bars: countKnown(after, blocks), volatility: sumBlocks(after, blocks) };
    }),
    confidence: binEvents(confidence, named),
    changes: {
      bars: countKnown(events, blocks),
      changed: sumBlocks(events, blocks),
      model: squared((i) => chances[i] ?? NaN),
      frequencies: squared((i) => own.changes[states[i] ?? NO_LABEL] ?? NaN),
      bins: binEvents(chances, events),
    },
  };
}

/**
 * Measures fitted models on test rows.
 *
 * @param rows Test rows with a known outcome, ascending.
 * @param borders The market whose absolute borders are used; each market's own when absent.
 */
export function measurePart(
  history: VolatilityHistory,
  rows: Int32Array,
  models: PartModels,
  borders?: string,
): PartMeasures {
  const run = runModel(history, models.forecast, borders);
  const blocks = cutBlocks(runLengths(rows));
  const { hits, gains } = scoreSign(history, rows, models.sign);
  const lines = {
    har: models.lines.har(history),
    ewma: models.lines.ewma(history),
    garch: models.lines.garch(history),
  };
  const horizon = (minutes: Horizon) => measureHorizon(history, minutes, rows, blocks, models, run);
  const basis = (name: Basis) =>
    measureBasis(history, name, rows, blocks, models, run, lines, borders);
  return {
    rows: rows.length,
    blocks,
    bases: { absolute: basis("absolute"), week: basis("week") },
    horizons: { 15: horizon(15), 60: horizon(60) },
    sign: {
      bars: countKnown(gains, blocks),
      moved: countKnown(hits, blocks),
      hits: sumBlocks(hits, blocks),
      gains: sumBlocks(gains, blocks),
    },
  };
}
