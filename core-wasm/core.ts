/**
 * The one door to the numerical core: features, forest, HMM, and their fitting, computed in
 * WebAssembly alike in Deno, Node and a browser.
 */
export { AGG_TRADE_FIELDS, AggTradeScanner } from "./agg_trade.ts";
export { computeFeatures, type FeatureRows, type FilteredRows } from "./batch.ts";
export {
  filterRows,
  scoreRows,
  smoothRows,
  sumPathLengths,
  type ViterbiPaths,
  viterbiRows,
} from "./batch.ts";
export { fitForest, type ForestFit, type ForestFitOptions, quantile } from "./fit_forest.ts";
export { fitHmm, type HmmFit, type HmmFitOptions, type RandomStart } from "./fit_hmm.ts";
export type { CoreSource } from "./instance.ts";
export {
  BAR_COLUMNS,
  blindBars,
  type ClassicFeatures,
  type CoreBar,
  type CoreFeatures,
  type CoreForest,
  type CoreHmm,
  type CoreModel,
  type CoreTree,
  FEATURE_NAMES,
  historyBars,
  type LiquidityFeatures,
  MAX_BLOCKS,
  MAX_DIMS,
  MAX_STATES,
} from "./model.ts";
export { Scorer, type StepResult } from "./scorer.ts";
