import { allocated, type CoreExports, float64View, int32View } from "./instance.ts";
import type { CoreFeatures, CoreForest, CoreHmm } from "./model.ts";

/**
 * Makes a feature preset in the core.
 *
 * @returns Its address.
 */
export function placePreset(core: CoreExports, features: CoreFeatures): number {
  if (features.preset === "classic") {
    return allocated(core.newClassicPreset(features.windows.rolling), "the features");
  }
  const { block, blocks, least_blocks, half_life } = features.windows;
  return allocated(core.newLiquidityPreset(block, blocks, least_blocks, half_life), "the features");
}

/**
 * Copies a forest into the core's memory.
 *
 * @returns Its address.
 * @throws RangeError when it is too large.
 */
export function placeForest(core: CoreExports, forest: CoreForest): number {
  const sizes = forest.trees.map((tree) => tree.feature.length);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  const leaves = (nodes + sizes.length) / 2;
  const most = Math.max(...sizes);
  const address = allocated(
    core.newForest(sizes.length, leaves, forest.max_samples, forest.offset),
    "the forest",
  );
  allocated(core.openTrees(most), "a tree");
  for (const [t, tree] of forest.trees.entries()) {
    const size = tree.feature.length;
    int32View(core, core.sourceFeatures(), size).set(tree.feature);
    float64View(core, core.sourceThresholds(), size).set(tree.threshold);
    int32View(core, core.sourceLefts(), size).set(tree.left);
    int32View(core, core.sourceRights(), size).set(tree.right);
    int32View(core, core.sourceCounts(), size).set(tree.n_samples);
    if (core.addTree(address, size) === 0) {
      throw new RangeError(
        `Cannot hold tree ${t}: a forest must fit into memory and have at most 65536 different ` +
          "path lengths",
      );
    }
  }
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
    throw new RangeError(`Cannot use covars[${singular}]: it must be positive definite`);
  }
  return address;
}
