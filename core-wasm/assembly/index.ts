export { aggTradeFields, frameBytes, maxFrameBytes, scanAggTrade } from "./agg_trade";
export { allocate } from "./memory";
export {
  expect,
  fitCenters,
  fitColumns,
  fitLengths,
  fitModel,
  fitSpreads,
  fitStride,
  maximize,
  openHmmFit,
  raiseCovariances,
  standardize,
} from "./baum_welch";
export { startHmmFit } from "./baum_welch_start";
export {
  addModel,
  begin,
  newEngine,
  nextBar,
  openSlots,
  peek,
  resultBytes,
  skip,
  slotBytes,
  step,
} from "./engine";
export { featureRows } from "./features_batch";
export {
  newForest,
  openTrees,
  sourceCounts,
  sourceFeatures,
  sourceLefts,
  sourceRights,
  sourceSizes,
  sourceThresholds,
} from "./forest";
export { scoreRows, sumPathLengths } from "./forest_score";
export { tabulateForest } from "./forest_tabulate";
export {
  growTree,
  openForestFit,
  treeCounts,
  treeFeatures,
  treeLefts,
  treeRights,
  treeThresholds,
} from "./forest_fit";
export { hmmCovars, hmmMeans, hmmStartprob, hmmTransmat, newHmm, prepareHmm } from "./hmm";
export { filterRows, filterStateBytes } from "./hmm_filter";
export { smoothRows } from "./hmm_smooth";
export { viterbiRows } from "./hmm_viterbi";
export { newClassicPreset, newLiquidityPreset, presetStateBytes } from "./presets";
export { seedRandom } from "./random";
