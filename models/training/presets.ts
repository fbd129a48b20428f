import { type CoreHmm, FEATURE_NAMES, type HmmFeatures } from "../../core-wasm/core.ts";
import type { HmmArtifact } from "../artifact/read.ts";
import { sortByMean } from "./canonical_order.ts";
import { classicLabels, liquidityLabels } from "../artifact/labels.ts";
import { stationaryDistribution } from "./stationary.ts";

/** Name of a feature preset. */
export type PresetName = HmmFeatures["preset"];

/** A preset's part of a model besides its fitted numbers. */
interface Preset {
  /** The features, given the classic window of the training parameters. */
  readonly features: (window: number) => HmmArtifact["features"];
  /** The fitted HMM with its states in canonical order. */
  readonly canonical: (hmm: CoreHmm) => CoreHmm;
  readonly labels: (states: number) => string[];
}

/** Block of the liquidity preset: four hours of bars. */
const BLOCK = 240;
/** Blocks in its prior window: a week. */
const WEEK_OF_BLOCKS = 42;
/** Minimum blocks, three days: the deviation of fewer blocks may be close to zero. */
const MIN_BLOCKS = 18;
/** Half-life of its range's fast horizon, bars: it detects a volatility cluster within minutes. */
const FAST = 5;
/** Half-life of its range's slow horizon, bars: it avoids flips at single bars. */
const SLOW = 30;

/** Feature presets by name. */
export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  classic: {
    features: (rolling) => ({
      preset: "classic",
      names: [...FEATURE_NAMES.classic],
      windows: { rolling },
    }),
    // By momentum.
    canonical: (hmm) => sortByMean(hmm, 0),
    labels: classicLabels,
  },
  liquidity: {
    features: () => ({
      preset: "liquidity",
      names: [...FEATURE_NAMES.liquidity],
      windows: {
        block: BLOCK,
        blocks: WEEK_OF_BLOCKS,
        least_blocks: MIN_BLOCKS,
        fast: FAST,
        slow: SLOW,
      },
    }),
    // By log range. The service starts at any time, unlike a training file, so the chain begins in
    // its stationary distribution.
    canonical: (hmm) => {
      const sorted = sortByMean(hmm, 0);
      return { ...sorted, startprob: stationaryDistribution(sorted.transmat) };
    },
    labels: liquidityLabels,
  },
};
