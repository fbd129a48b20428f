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
  neededBars,
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
  type LiquidityFeatures,
  MAX_BLOCKS,
  MAX_DIMS,
  MAX_STATES,
  warmUpBars,
} from "./model.ts";
export type { StepResult } from "./result.ts";
export { Scorer } from "./scorer.ts";
