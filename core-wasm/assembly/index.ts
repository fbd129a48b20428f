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
  standardize,
} from "./baum_welch";
export { startHmmFit } from "./baum_welch_start";
export {
  addClassicModel,
  newEngine,
  openSlots,
  peek,
  resultBytes,
  skip,
  slotBytes,
  step,
} from "./engine";
export { classicBatchBytes, classicRows } from "./features_batch";
export { addTree, newForest, scoreRows } from "./forest";
export {
  growTree,
  openForestFit,
  treeCounts,
  treeFeatures,
  treeLefts,
  treeRights,
  treeThresholds,
} from "./forest_fit";
export {
  filterRows,
  filterStateBytes,
  hmmCovars,
  hmmMeans,
  hmmStartprob,
  hmmTransmat,
  newHmm,
  prepareHmm,
} from "./hmm";
export { seedRandom } from "./random";
