/**
 * The public interface of the numerical core: features, forest, HMM and their fitting, computed in
 * WebAssembly with the same bits in Deno, Node and a browser.
 */
export { AggTradeScanner } from "./agg_trade.ts";
export {
  computeFeatures,
  type FeatureRows,
  type FilteredRows,
  filterRows,
  scoreRows,
  smoothRows,
  sumPathLengths,
  type ViterbiPaths,
  viterbiRows,
} from "./batch.ts";
export { fitForest, type ForestFit, type ForestFitOptions, quantile } from "./fit_forest.ts";
export { fitHmm, type HmmFit, type HmmFitOptions, type RandomStart } from "./fit_hmm.ts";
export {
  CONTRIBUTIONS,
  type CoreChange,
  type CoreCoefficients,
  type CoreForecast,
  type CoreHorizon,
  HORIZONS,
  QUANTILE_LEVELS,
  SEASON_COLUMNS,
  TARGET_FLOOR,
  type VolatilityFeatures,
  WEEK_MINUTES,
} from "./forecast.ts";
export type { ForecastBars } from "./forecast_chunks.ts";
export {
  computeForecastInputs,
  expRows,
  type ForecastInputs,
  logRows,
  seasonColumns,
} from "./forecast_inputs.ts";
export { ForecastInputStream } from "./forecast_input_stream.ts";
export {
  type ForecastRows,
  forecastRows,
  type HorizonRows,
  type RegimeRows,
} from "./forecast_rows.ts";
export type { CoreSource } from "./instance.ts";
export {
  type ClassicFeatures,
  type CoreBar,
  type CoreFeatures,
  type CoreForest,
  type CoreHmm,
  type CoreModel,
  type CoreTree,
  FEATURE_INPUTS,
  FEATURE_NAMES,
  historyBars,
  type HmmModel,
  MAX_DIMS,
  MAX_STATES,
  type VolatilityModel,
} from "./model.ts";
export type { HmmResult } from "./hmm_result.ts";
export type { StepResult } from "./result.ts";
export type { HorizonForecast, Regime, VolatilityResult } from "./volatility_result.ts";
export { Scorer } from "./scorer.ts";
