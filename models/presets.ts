import { type CoreFeatures, type CoreHmm, FEATURE_NAMES } from "../core-wasm/core.ts";
import type { Artifact } from "./artifact.ts";
import { sortByMean } from "./canonical_order.ts";
import { classicLabels, liquidityLabels } from "./labels.ts";
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

/** A minute, an hour and a week, as the liquidity preset counts them. */
const HOUR = 60;
const WEEK_OF_HOURS = 168;
const DAY_OF_HOURS = 24;
/** Short enough to see a storm within minutes, long enough not to flip with every bar. */
const HALF_LIFE = 10;

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
        block: HOUR,
        blocks: WEEK_OF_HOURS,
        least_blocks: DAY_OF_HOURS,
        half_life: HALF_LIFE,
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
