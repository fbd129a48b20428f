import { placeFloats } from "./batch.ts";
import {
  allocate,
  allocated,
  type CoreSource,
  float64View,
  instantiateCore,
  int32View,
  toArray,
} from "./instance.ts";
import { shortThreshold } from "./float32.ts";
import type { CoreForest, CoreTree } from "./model.ts";
import { placeForest } from "./place.ts";

/** How an Isolation Forest is fitted. */
export interface ForestFitOptions {
  readonly seed: number;
  /** Share of the training rows that are anomalous, above 0, at most 0.5. */
  readonly contamination: number;
  /** Number of trees; 100 as in scikit-learn. */
  readonly trees?: number;
  /** Rows per tree; 256, or all when there are fewer, as in scikit-learn. */
  readonly maxSamples?: number;
}

/** A fitted forest. */
export interface ForestFit {
  readonly forest: CoreForest;
  /** Scores of the training rows. */
  readonly scores: Float64Array;
}

/** Stream of the seed; HMMs draw from others. */
const FOREST_STREAM = 0;

/**
 * Percentile by linear interpolation, as numpy computes it.
 *
 * @param sorted Ascending values, at least one.
 * @param share 0 to 1.
 */
export function quantile(sorted: Float64Array, share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const a = sorted[below] ?? NaN;
  const b = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  const t = position - below;
  return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}

/**
 * Fits an Isolation Forest by scikit-learn's algorithm; the offset is the contamination quantile
 * of the training scores.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 * @throws RangeError when memory runs out.
 */
export function fitForest(
  wasm: CoreSource,
  rows: Float64Array,
  dims: number,
  options: ForestFitOptions,
): ForestFit {
  const core = instantiateCore(wasm);
  const count = rows.length / dims;
  const maxSamples = Math.min(options.maxSamples ?? 256, count);
  const source = placeFloats(core, rows, "the rows");
  allocated(core.initForestFit(source, count, dims, maxSamples), "the samples");
  core.seedRandom(options.seed, FOREST_STREAM);
  const trees: CoreTree[] = [];
  for (let t = 0; t < (options.trees ?? 100); t++) {
    const nodes = core.growTree();
    trees.push({
      feature: toArray(int32View(core, core.treeFeatures(), nodes)),
      threshold: toArray(float64View(core, core.treeThresholds(), nodes)).map(shortThreshold),
      left: toArray(int32View(core, core.treeLefts(), nodes)),
      right: toArray(int32View(core, core.treeRights(), nodes)),
      n_samples: toArray(int32View(core, core.treeCounts(), nodes)),
    });
  }
  const forest = { max_samples: maxSamples, offset: 0, trees };
  const address = placeForest(core, forest, count);
  const output = allocate(core, count * 8, "the scores");
  core.scoreRows(address, source, count, dims, output);
  const scores = float64View(core, output, count).slice();
  const offset = quantile(scores.slice().sort(), options.contamination);
  return { forest: { ...forest, offset }, scores };
}
