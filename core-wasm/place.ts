import { allocated, type CoreExports, float64View, int32View } from "./instance.ts";
import type { CoreForest, CoreHmm } from "./model.ts";

/** With fewer rows, building the tables would take longer than it saves. */
const MIN_TABULATED_ROWS = 3_000;

/**
 * Copies a forest into the core's memory.
 *
 * @param rows Rows that will be scored; unknown when absent.
 * @returns Its address.
 * @throws RangeError when it is too large.
 */
export function placeForest(core: CoreExports, forest: CoreForest, rows = Infinity): number {
  const sizes = forest.trees.map((tree) => tree.feature.length);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  allocated(core.allocateSource(sizes.length, nodes), "the trees");
  int32View(core, core.sourceSizes(), sizes.length).set(sizes);
  const features = int32View(core, core.sourceFeatures(), nodes);
  const thresholds = float64View(core, core.sourceThresholds(), nodes);
  const lefts = int32View(core, core.sourceLefts(), nodes);
  const rights = int32View(core, core.sourceRights(), nodes);
  const counts = int32View(core, core.sourceCounts(), nodes);
  let first = 0;
  for (const tree of forest.trees) {
    features.set(tree.feature, first);
    thresholds.set(tree.threshold, first);
    lefts.set(tree.left, first);
    rights.set(tree.right, first);
    counts.set(tree.n_samples, first);
    first += tree.feature.length;
  }
  const address = allocated(
    core.newForest(sizes.length, nodes, forest.max_samples, forest.offset),
    "the forest",
  );
  if (rows > MIN_TABULATED_ROWS) core.tabulateForest(address);
  return address;
}

/**
 * Copies an HMM into the core's memory.
 *
 * @returns Its address.
 * @throws RangeError when a covariance is not positive definite.
 */
export function placeHmm(core: CoreExports, hmm: CoreHmm): number {
  const states = hmm.startprob.length;
  const dims = hmm.means[0]?.length ?? 0;
  const address = allocated(core.newHmm(states, dims), "the HMM");
  float64View(core, core.hmmStartprob(address), states).set(hmm.startprob);
  float64View(core, core.hmmTransmat(address), states * states).set(hmm.transmat.flat());
  float64View(core, core.hmmMeans(address), states * dims).set(hmm.means.flat());
  float64View(core, core.hmmCovars(address), states * dims * dims).set(hmm.covars.flat(2));
  const singular = core.prepareHmm(address);
  if (singular >= 0) {
    throw new RangeError(
      `Cannot use covars[${singular}] as it must be positive definite: current value is ` +
        JSON.stringify(hmm.covars[singular]),
    );
  }
  return address;
}
