import { type CoreForecast, VOLATILITY_INPUTS, type VolatilityFeatures } from "./forecast.ts";

/** A bar as the core reads it: finite numbers, prices above 0, `low <= open, close <= high`. */
export interface CoreBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base currency. */
  readonly volume: number;
  /** Quote currency. */
  readonly quote_volume?: number | undefined;
  /** Number of raw trades. */
  readonly num_trades?: number | undefined;
  /** Base volume of trades whose aggressor bought. */
  readonly taker_buy_volume?: number | undefined;
}

/** The numbers of a bar that features are computed from, in the order of the core's `Bar`. */
export const FEATURE_INPUTS = [
  "open",
  "high",
  "low",
  "close",
  "volume",
] as const satisfies readonly (keyof CoreBar)[];

/** Features of the original system. */
export interface ClassicFeatures {
  readonly preset: "classic";
  readonly windows: {
    /** Bars in the windows of the activity ratio and the z-scores. */
    readonly rolling: number;
  };
}

/** Any features that the core computes. */
export type CoreFeatures = ClassicFeatures | VolatilityFeatures;

/** A tree in scikit-learn's arrays, one element per node, children after their parents. */
export interface CoreTree {
  /** Feature of the split; -2 at a leaf. */
  readonly feature: readonly number[];
  /** A sample goes left when its float32 feature is at most this; -2 at a leaf. */
  readonly threshold: readonly number[];
  /** Index of the left child; -1 at a leaf. */
  readonly left: readonly number[];
  /** Index of the right child; -1 at a leaf. */
  readonly right: readonly number[];
  /** Training samples that reached the node. */
  readonly n_samples: readonly number[];
}

/** An Isolation Forest. */
export interface CoreForest {
  /** Training samples per tree. */
  readonly max_samples: number;
  /** A score below it is anomalous. */
  readonly offset: number;
  readonly trees: readonly CoreTree[];
}

/** A hidden Markov model with K states and Gaussian emissions in D dimensions. */
export interface CoreHmm {
  /** Initial distribution [K]. */
  readonly startprob: readonly number[];
  /** Transition probabilities from row to column [K][K]. */
  readonly transmat: readonly (readonly number[])[];
  /** [K][D]. */
  readonly means: readonly (readonly number[])[];
  /** [K][D][D], symmetric and positive definite. */
  readonly covars: readonly (readonly (readonly number[])[])[];
}

/** Parameters of a model with a forest and an HMM. */
export interface HmmModel {
  readonly features: ClassicFeatures;
  readonly forest: CoreForest;
  readonly hmm: CoreHmm;
}

/** Parameters of a volatility model. */
export interface VolatilityModel {
  readonly features: VolatilityFeatures;
  readonly forecast: CoreForecast;
}

/** Parameters of one model; an artifact satisfies it. */
export type CoreModel = HmmModel | VolatilityModel;

/** Most features of a model; the core's limit. */
export const MAX_DIMS = 8;

/** Most states of an HMM; the core's limit. */
export const MAX_STATES = 8;

/** Names of a preset's features, in the order in which the core computes them. */
export const FEATURE_NAMES = {
  classic: ["momentum", "volatility_proxy", "activity_ratio"],
  volatility: VOLATILITY_INPUTS,
} as const satisfies Record<CoreFeatures["preset"], readonly string[]>;

/** Eight days: then it moves a volatility forecast by less than a thousandth where they begin. */
const VOLATILITY_HISTORY = 11_520;

/** Bars of history after which the features no longer depend on where it begins. */
export function historyBars(features: CoreFeatures): number {
  return features.preset === "classic" ? 2 * features.windows.rolling : VOLATILITY_HISTORY;
}

/** Minutes from 1970 to an open time, ms UTC. */
export function minuteOfTime(time: number): number {
  return Math.floor(time / 60_000);
}
