import { type CoreFeatures, type CoreHmm, FEATURE_NAMES } from "../../core-wasm/core.ts";
import type { Artifact } from "../artifact/read.ts";
import { sortByMean } from "./canonical_order.ts";
import { classicLabels, liquidityLabels } from "../artifact/labels.ts";
import { stationaryDistribution } from "./stationary.ts";

/** The name of a feature set that can be fitted. */
export type PresetName = CoreFeatures["preset"];

/** What a preset decides of a model beyond its fitted numbers. */
interface Preset {
  /** The features, given the classic window of the training parameters. */
  readonly features: (window: number) => Artifact["features"];
  /** The fitted HMM with its states in canonical order. */
  readonly canonical: (hmm: CoreHmm) => CoreHmm;
  readonly labels: (states: number) => string[];
}

/** Blocks of four hours and a week of them: what the liquidity preset measures against. */
const FOUR_HOURS = 240;
const WEEK_OF_BLOCKS = 42;
/** Three days: with less, the deviation of so few blocks may be next to nothing. */
const LEAST_BLOCKS = 18;
/** Half-lives of its range: to see a storm within minutes, and not to flip with every bar. */
const FAST = 5;
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
        block: FOUR_HOURS,
        blocks: WEEK_OF_BLOCKS,
        least_blocks: LEAST_BLOCKS,
        fast: FAST,
        slow: SLOW,
      },
    }),
    // By log range. A service joins a market at any time, not at the start of a training file, so
    // the chain begins in its long-run distribution.
    canonical: (hmm) => {
      const sorted = sortByMean(hmm, 0);
      return { ...sorted, startprob: stationaryDistribution(sorted.transmat) };
    },
    labels: liquidityLabels,
  },
};
