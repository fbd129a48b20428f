import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";

/** A figure with its 95 % block-bootstrap interval. */
const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

/** Bars from one open time to another, both inclusive. */
const span = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Bars that the model sees. */
  bars: z.int().min(1),
});

const regime = z.strictObject({
  /** Share of the bars in which this is the most probable regime. */
  share: z.number(),
  /** What the transition probabilities say: 1 / (1 - probability to stay), mean of the fits. */
  expected_dwell_minutes: z.number(),
  /** Mean length of its runs; 0 when it never was the most probable one. */
  mean_dwell_minutes: z.number(),
  /** Means over the minutes that follow; null when it never was the most probable one. */
  next: z.strictObject({
    /** Realized volatility: root of the sum of squared one-minute log returns, basis points. */
    volatility_bp: estimate,
    /** |log return|, basis points. */
    absolute_return_bp: estimate,
    /** Base currency traded. */
    volume: estimate,
  }).nullable(),
});

/** How well a forecaster tells the volatility of the minutes that follow. */
const forecaster = {
  /** Share of bars whose tercile is the most probable one. */
  accuracy: z.number(),
  /** Mean ln p of the true tercile, nats. */
  log_score: z.number(),
  /** Spearman's, within each part; null when the forecast is the same for all bars. */
  rank_correlation: z.number().nullable(),
};

const baseline = z.strictObject({
  ...forecaster,
  /** The model's figure minus this forecaster's. */
  model_minus: z.strictObject({
    accuracy: estimate,
    log_score: estimate,
    rank_correlation: estimate.nullable(),
  }),
});

const threshold = z.strictObject({
  /** Goes up a level above these, from level to level, in units of the range. */
  enter: z.array(z.number()),
  /** Comes down from the level above below these. */
  leave: z.array(z.number()),
  /** Changes of level in 1,440 training bars. */
  flips_per_day: z.number(),
});

const likelihoods = z.strictObject({
  /** Mean ln p(x_t | x_1..x_t-1), nats. */
  model: z.number(),
  /** One Gaussian. */
  gaussian: z.number(),
  /** As many Gaussians as the model has states, without dynamics. */
  mixture: z.number(),
  /** An HMM with one state less. */
  fewer_states: z.number(),
  /** An HMM with one state more; absent when there can be no more. */
  more_states: z.number().optional(),
});

/** Measured on bars that no fit, threshold or quantile has seen. */
const heldOut = z.strictObject({
  /** What was fitted on what, and tested on what. */
  parts: z.array(z.strictObject({ train: span, test: span })).min(1),
  log_likelihood_per_bar: likelihoods,
  /** The model's mean ln p minus theirs, nats. */
  log_likelihood_gain: z.strictObject({
    gaussian: estimate,
    mixture: estimate,
    fewer_states: estimate,
    more_states: estimate.optional(),
  }),
  /** On the training bars of the last part; lower is better. */
  selection: z.array(z.strictObject({
    states: z.int().min(1),
    /** Free parameters. */
    parameters: z.int().min(1),
    log_likelihood_per_bar: z.number(),
    /** Schwarz's criterion. */
    bic: z.number(),
    /** The same for bars and Viterbi path together. */
    icl: z.number(),
  })),
  flips_per_day: z.number(),
  /** By label key. */
  regimes: z.record(z.string(), regime),
  /** Means in the last regime over those in the first; null when one of them never was. */
  last_to_first: z.strictObject({
    volatility: estimate,
    absolute_return: estimate,
    volume: estimate,
  }).nullable(),
  /** The filter beside the smoother, which knows the later bars; see `measureDelay`. */
  smoothing: z.strictObject({
    /** Share of bars with the same most probable regime. */
    agreement: z.number(),
    /** Regime changes of the smoother that last. */
    changes: z.int(),
    /** Share of them that the filter never saw; null without any. */
    missed: z.number().nullable(),
    /** Bars by which the filter follows; null without any. */
    median_delay_minutes: z.number().nullable(),
    p90_delay_minutes: z.number().nullable(),
  }),
  /** Mean adjusted Rand index of two paths on the same held-out bars. */
  stability: z.strictObject({
    /** Re-fits with other seeds. */
    seeds: z.number(),
    /** The model of the part before; null when there is none. */
    consecutive: z.number().nullable(),
  }),
  /** Share of bars that the forest calls anomalous. */
  anomaly_rate: z.number(),
  /** The volatility of the minutes that follow, in terciles of the training bars. */
  forecast: z.strictObject({
    model: z.strictObject(forecaster),
    baselines: z.strictObject({
      /** The best hysteresis thresholds on the range measured against the prior window. */
      hysteresis: baseline,
      /** The same on the plain range. */
      plain_hysteresis: baseline,
      /** Terciles of the range measured against the prior window; ranks are the range's own. */
      range: baseline,
      /** The shares of the terciles among the training bars. */
      frequencies: baseline,
    }),
    /** Of each part. */
    thresholds: z.array(z.strictObject({ hysteresis: threshold, plain_hysteresis: threshold })),
  }),
});

/** A walk-forward evaluation: fits on the past, measures on what came after it. */
export const walkForwardSchema = z.strictObject({
  protocol: z.strictObject({
    /** Minutes that are forecast. */
    horizon_minutes: z.int(),
    /** Most bars that a fit is made on, the latest before its test. */
    train_bars: z.int(),
    /** Minutes left out between training and test. */
    purge_minutes: z.int(),
    /** Random starts of each fit. */
    restarts: z.int(),
    /** Fits of each part with seeds of their own. */
    refits: z.int(),
    /** Bars of a bootstrap block, at most one and a half times as many. */
    block_bars: z.int(),
    resamples: z.int(),
    /** Nominal share of anomalous bars. */
    contamination: z.union([z.number(), z.literal("auto")]),
  }),
  /** Why a part is missing. */
  note: z.string().min(1).optional(),
  /** The folds together. */
  folds: heldOut.optional(),
  /** The last part of the history, apart from all research. */
  final: heldOut.optional(),
});

/** A walk-forward evaluation. */
export type WalkForward = DeepReadonly<z.infer<typeof walkForwardSchema>>;
/** What was measured on held-out bars. */
export type HeldOut = DeepReadonly<z.infer<typeof heldOut>>;
/** A figure with its interval. */
export type Estimate = DeepReadonly<z.infer<typeof estimate>>;
