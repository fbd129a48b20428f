/** Bar as the core reads it: finite numbers, prices above 0, `low <= open, close <= high`. */
export interface CoreBar {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  /** Base currency traded. */
  readonly volume: number;
  /** Quote currency traded. */
  readonly quote_volume?: number | undefined;
  /** Number of raw trades. */
  readonly num_trades?: number | undefined;
  /** Base volume with the buyer as aggressor. */
  readonly taker_buy_volume?: number | undefined;
}

/** Numbers of a bar in the core: `open, high, low, close, volume`. */
export const BAR_COLUMNS = 5;

/** Feature set of the original system. */
export interface ClassicFeatures {
  readonly preset: "classic";
  readonly windows: {
    /** Bars in the windows of the activity ratio and of the z-scores. */
    readonly rolling: number;
  };
}

/** Feature set that sees regimes of hours: see assembly/liquidity.ts. */
export interface LiquidityFeatures {
  readonly preset: "liquidity";
  readonly windows: {
    /** Bars in a block. */
    readonly block: number;
    /** Blocks in the prior window, at most {@link MAX_BLOCKS}. */
    readonly blocks: number;
    /** Full blocks before the first bar is standardized; until then the model sees nothing. */
    readonly least_blocks: number;
    /** Half-life of the fast horizon of the range, bars. */
    readonly fast: number;
    /** Half-life of its slow horizon, bars. */
    readonly slow: number;
  };
}

/** Any feature set that the core computes. */
export type CoreFeatures = ClassicFeatures | LiquidityFeatures;

/** Most blocks in a prior window. */
export const MAX_BLOCKS = 1024;

/** A tree in scikit-learn's arrays, one element a node, children after their parents. */
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
  /** Samples that a tree was grown from. */
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

/** Parameters of one model; an artifact satisfies it. */
export interface CoreModel {
  readonly features: CoreFeatures;
  readonly forest: CoreForest;
  readonly hmm: CoreHmm;
}

/** Most features of a model. */
export const MAX_DIMS = 8;

/** Most states of an HMM. */
export const MAX_STATES = 8;

/** Names of a preset's features, in the order in which the core computes them. */
export const FEATURE_NAMES = {
  classic: ["momentum", "volatility_proxy", "activity_ratio"],
  liquidity: ["log_range", "log_volume"],
} as const satisfies Record<CoreFeatures["preset"], readonly string[]>;

/** Bars at the start of a sequence of which the model sees nothing. */
export function blindBars({ preset, windows }: CoreFeatures): number {
  return preset === "liquidity" ? windows.least_blocks * windows.block : 0;
}

/**
 * Bars of history with which the features are all that they can be, wherever the history begins: a
 * block that it begins in counts for nothing.
 */
export function historyBars({ preset, windows }: CoreFeatures): number {
  return preset === "liquidity" ? (windows.blocks + 1) * windows.block : 2 * windows.rolling;
}

/** Minute since 1970 of an open time, ms UTC. */
export function minuteOfTime(time: number): number {
  return Math.floor(time / 60_000);
}
