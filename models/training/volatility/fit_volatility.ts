import { FEATURE_NAMES, quantile } from "../../../core-wasm/core.ts";
import { VERSION } from "../../../data/common/version.ts";
import type { VolatilityArtifact } from "../../artifact/read.ts";
import { classesOf, outcomesOf } from "../../evaluation/volatility/classes.ts";
import { evaluateVolatility, type TestHistory } from "../../evaluation/volatility/evaluate.ts";
import { fitThresholds } from "../../evaluation/volatility/thresholds.ts";
import { CLASSES } from "../../evaluation/forecast.ts";
import { describeBars } from "../describe_bars.ts";
import type { BarSequence } from "../sequences.ts";
import { mapInputs } from "./design.ts";
import { fitForecast } from "./fit_forecast.ts";
import { trainingRows } from "./usable_rows.ts";
import { mapRows, NEED, prepareHistory, type VolatilityHistory } from "./history.ts";
import type { Market } from "./markets.ts";

/** Least training rows: a week beyond the warm-up. */
const MIN_ROWS = 10_080;

/** The bars of a fit of the volatility preset, and its settings. */
export interface VolatilityFitOptions {
  /** Name of the model; the preset's when absent. */
  readonly name?: string | undefined;
  /** All runs of contiguous minutes, in the order in which they were read. */
  readonly sequences: readonly BarSequence[];
  /** The same by market, in order of time. */
  readonly markets: readonly Market[];
  readonly market: "spot" | "usdm";
  /** Markets and periods that are only tested. */
  readonly tests: readonly TestHistory[];
  /** Walk-forward evaluation; `final` includes the last part of the history. Absent: none. */
  readonly evaluation?: { readonly final: boolean } | undefined;
  /** Time of creation in the artifact; now when absent. */
  readonly created?: Date | undefined;
  /** Called with the progress of each stage. */
  readonly onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

type Forecast = VolatilityArtifact["forecast"];

/** The nine deciles of each input. */
function inputDeciles({ inputs }: VolatilityHistory, rows: Int32Array): Forecast["inputs"] {
  const width = FEATURE_NAMES.volatility.length;
  return mapInputs((i) => {
    const values = mapRows(rows, (row) => inputs[row * width + i] ?? NaN).sort();
    return Array.from({ length: 9 }, (_, k) => quantile(values, (k + 1) / 10));
  });
}

/** The plain thresholds on the range, which live scores are compared with. */
function fitBaseline(
  history: VolatilityHistory,
  forecast: Parameters<typeof classesOf>[1],
  rows: Int32Array,
): Forecast["baseline"] {
  const truth = classesOf(history, forecast, "absolute");
  const outcomes = outcomesOf(history, "absolute");
  const { chosen, table } = fitThresholds(history, "absolute", rows, truth, outcomes);
  return {
    quantity: "range",
    up: [...chosen.enter],
    down: [...chosen.leave],
    table: Array.from(
      { length: CLASSES },
      (_, level) => [...table.probabilities.subarray(level * CLASSES, (level + 1) * CLASSES)],
    ),
  };
}

/** The log score of the folds, and the band of theirs. */
function logScoreBand(folds: VolatilityArtifact["scorecard"]["folds"]): Forecast["log_score"] {
  const mean = folds?.absolute.model.log_score ?? null;
  const scores = folds?.parts.flatMap(({ log_score }) => log_score.absolute ?? []) ?? [];
  return mean === null ? null : { mean, low: Math.min(...scores), high: Math.max(...scores) };
}

/**
 * Fits a volatility model, and evaluates the procedure walk-forward.
 *
 * @throws RangeError for too few bars.
 */
export function fitVolatility(options: VolatilityFitOptions): VolatilityArtifact {
  const { sequences, markets, market, tests, evaluation, onProgress } = options;
  const history = prepareHistory(markets);
  const rows = trainingRows(history, 15, () => true);
  if (rows.length < MIN_ROWS) {
    throw new RangeError(
      `Cannot fit a volatility model as the bars after the first ${NEED} of each sequence, its ` +
        `warm-up, must be at least ${MIN_ROWS}: current value is ${rows.length}`,
    );
  }
  onProgress?.("fit", 0, 1);
  const { forecast } = fitForecast(history, () => true);
  const baseline = fitBaseline(history, forecast, rows);
  const inputs = inputDeciles(history, rows);
  const scorecard = evaluation === undefined ? {} : evaluateVolatility({
    markets,
    market,
    history,
    tests,
    final: evaluation.final,
    onProgress: (done, total) => onProgress?.("evaluation", done, total),
  });
  const symbols = [...new Set(markets.map(({ symbol }) => symbol))].join(",");
  return {
    schema: 1,
    name: options.name ?? "volatility",
    created: (options.created ?? new Date()).toISOString(),
    features: { preset: "volatility", names: [...FEATURE_NAMES.volatility] },
    forecast: { ...forecast, inputs, log_score: logScoreBand(scorecard.folds), baseline },
    training: { ...describeBars(sequences, symbols, market), version: VERSION },
    scorecard,
  };
}
