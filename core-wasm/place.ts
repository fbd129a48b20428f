import { allocate, allocated, type CoreExports, float64View, int32View } from "./instance.ts";
import type { CoreForest, CoreHmm } from "./model.ts";

/**
 * Copies a forest into the core's memory.
 *
 * @returns Its address.
 */
export function placeForest(core: CoreExports, forest: CoreForest): number {
  const sizes = forest.trees.map((tree) => tree.feature.length);
  const nodes = sizes.reduce((sum, size) => sum + size, 0);
  const most = Math.max(...sizes);
  const address = allocated(
    core.newForest(forest.trees.length, nodes, forest.max_samples, forest.offset),
    "the forest",
  );
  const feature = allocate(core, most * 4, "a tree");
  const threshold = allocate(core, most * 8, "a tree");
  const left = allocate(core, most * 4, "a tree");
  const right = allocate(core, most * 4, "a tree");
  const samples = allocate(core, most * 4, "a tree");
  for (const tree of forest.trees) {
    int32View(core, feature, most).set(tree.feature);
    float64View(core, threshold, most).set(tree.threshold);
    int32View(core, left, most).set(tree.left);
    int32View(core, right, most).set(tree.right);
    int32View(core, samples, most).set(tree.n_samples);
    core.addTree(address, tree.feature.length, feature, threshold, left, right, samples);
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
