/** Everything that the host calls or reads. asc writes its types to ../exports.d.ts. */
export {
  AGG_TRADE,
  AGG_TRADE_EVENT_TIME,
  AGG_TRADE_FIRST,
  AGG_TRADE_ID,
  AGG_TRADE_LAST,
  AGG_TRADE_LENGTH,
  AGG_TRADE_MAKER,
  AGG_TRADE_PRICE,
  AGG_TRADE_QUANTITY,
  AGG_TRADE_SYMBOL,
  AGG_TRADE_SYMBOL_END,
  AGG_TRADE_SYMBOL_HASH,
  AGG_TRADE_TIME,
  FRAME,
  MAX_FRAME_BYTES,
  scanAggTrade,
} from "./wire/agg_trade";
export { allocate } from "./memory";
export { expectationStep, floorCovariances, initHmmFit, maximizationStep } from "./hmm/baum_welch";
export {
  fitCenters,
  fitColumns,
  fitLengths,
  fitModel,
  fitSpreads,
  fitStride,
  standardize,
} from "./hmm/fit_data";
export { startRandomly } from "./hmm/random_start";
export {
  addHmmModel,
  addVolatilityModel,
  allocateSlots,
  begin,
  inputBar,
  newEngine,
  peek,
  skip,
  slotBorders,
  slotBytes,
  step,
} from "./engine";
export {
  newHmmModel,
  RESULT_ANOMALY,
  RESULT_BARS,
  RESULT_HAVE,
  RESULT_LENGTH,
  RESULT_LOG_LIKELIHOOD,
  RESULT_NORMALIZED,
  RESULT_POSTERIOR,
  RESULT_RAW,
  RESULT_SCORE,
  RESULT_STATE,
} from "./hmm_model";
export { featureRows } from "./features/batch";
export {
  allocateSource,
  MAX_DIMS,
  newForest,
  sourceCounts,
  sourceFeatures,
  sourceLefts,
  sourceRights,
  sourceSizes,
  sourceThresholds,
} from "./forest/forest";
export { scoreRows, sumPathLengths } from "./forest/score";
export { tabulateForest } from "./forest/tabulate";
export {
  growTree,
  initForestFit,
  treeCounts,
  treeFeatures,
  treeLefts,
  treeRights,
  treeThresholds,
} from "./forest/fit";
export {
  hmmCovars,
  hmmMeans,
  hmmStartprob,
  hmmTransmat,
  MAX_STATES,
  newHmm,
  prepareHmm,
} from "./hmm/hmm";

export { filterRows, filterStateBytes } from "./hmm/filter";
export { smoothRows } from "./hmm/smooth";
export { viterbiRows } from "./hmm/viterbi";
export { classicFeatureBars, classicStateBytes } from "./features/classic";
export { seedRandom } from "./random";
export {
  HORIZON_PARAMETERS,
  horizonParameters,
  horizonQuantiles,
  horizonSeason,
  newHorizon,
  prepareHorizon,
} from "./forecast/horizon";
export { CHANGE_WEIGHTS, changeWeights, newChange, prepareChange } from "./forecast/label";
export {
  expRows,
  FORECAST_BAR_LENGTH,
  forecastRows,
  INPUT_ROW_HAVE,
  INPUT_ROW_LENGTH,
  INPUT_ROW_SHOCK,
  INPUT_ROW_SQUARED,
  inputRows,
  inputsStateBytes,
  logRows,
} from "./forecast/rows";
export { SEASON_COLUMNS, seasonRows, WEEK_MINUTES } from "./forecast/season";
export {
  FORECAST_A,
  FORECAST_A0,
  FORECAST_BIAS,
  FORECAST_F,
  FORECAST_F0,
  FORECAST_QUANTILES,
  FORECAST_SPREAD,
  FORECAST_SQUARED,
  newVolatility,
  REGIME_CHANGE,
  REGIME_LENGTH,
  REGIME_MINUTES,
  REGIME_PROBABILITIES,
  REGIME_STATE,
  VOLATILITY_ABSOLUTE,
  VOLATILITY_CONTRIBUTIONS,
  VOLATILITY_HAVE,
  VOLATILITY_HOUR,
  VOLATILITY_INPUTS,
  VOLATILITY_LENGTH,
  VOLATILITY_QUARTER,
  VOLATILITY_REGIME_ABSOLUTE,
  VOLATILITY_REGIME_WEEK,
  VOLATILITY_RULES,
  VOLATILITY_SHOCK,
  VOLATILITY_SHOCK_SCORE,
  volatilityRules,
  volatilityStateBytes,
} from "./forecast/volatility";
