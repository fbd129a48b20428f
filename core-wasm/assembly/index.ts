export { aggTradeFields, frameBytes, maxFrameBytes, scanAggTrade } from "./wire/agg_trade";
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
} from "./hmm/baum_welch";
export { startHmmFit } from "./hmm/baum_welch_start";
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
export { featureRows } from "./features/batch";
export {
  newForest,
  openTrees,
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
  openForestFit,
  treeCounts,
  treeFeatures,
  treeLefts,
  treeRights,
  treeThresholds,
} from "./forest/fit";
export { hmmCovars, hmmMeans, hmmStartprob, hmmTransmat, newHmm, prepareHmm } from "./hmm/hmm";
export { filterRows, filterStateBytes } from "./hmm/filter";
export { smoothRows } from "./hmm/smooth";
export { viterbiRows } from "./hmm/viterbi";
export { newClassicPreset, newLiquidityPreset, presetStateBytes } from "./features/presets";
export { seedRandom } from "./random";
