import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";

/** An estimate with its 95 % block-bootstrap interval. */
const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

/** Bars from one open time to another, both inclusive. */
const span = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Observed bars. */
  bars: z.int().min(1),
});

const regime = z.strictObject({
  /** Share of the bars in which this is the most probable regime. */
  share: z.number(),
  /** From the transition probabilities: 1 / (1 - self-transition), mean of the fits. */
  expected_dwell_minutes: z.number(),
  /** Mean length of its runs; 0 when it is never the most probable regime. */
  mean_dwell_minutes: z.number(),
  /** Mean outcomes of the next minutes; null when it is never the most probable regime. */
  next: z.strictObject({
    /** Realized volatility: root of the sum of squared one-minute log returns, basis points. */
    volatility_bp: estimate,
    /** |log return|, basis points. */
    absolute_return_bp: estimate,
    /** Base currency. */
    volume: estimate,
  }).nullable(),
});

/** Scores of a forecaster of the next minutes' volatility. */
const forecaster = {
  /** Share of bars whose tercile was forecast as the most probable. */
  accuracy: z.number(),
  /** Mean ln p of the true tercile, nats. */
  log_score: z.number(),
  /** Spearman's, within folds; null when the forecast is constant. */
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
  /** The level rises above these, in units of the range. */
  enter: z.array(z.number()),
  /** The level falls below these. */
  leave: z.array(z.number()),
  /** Changes of level per 1,440 training bars. */
  flips_per_day: z.number(),
});

const likelihoods = z.strictObject({
  /** Mean ln p(x_t | x_1..x_t-1), nats. */
  model: z.number(),
  /** One Gaussian. */
  gaussian: z.number(),
  /** As many Gaussians as the model has states, without dynamics. */
  mixture: z.number(),
  /** An HMM with one state fewer. */
  fewer_states: z.number(),
  /** An HMM with one state more; absent when the model has the most states already. */
  more_states: z.number().optional(),
});

/** Measures on bars that no fit, threshold or quantile has used. */
const heldOut = z.strictObject({
  /** Training and test bars of each part. */
  parts: z.array(z.strictObject({ train: span, test: span })).min(1),
  log_likelihood_per_bar: likelihoods,
  /** The model's mean ln p minus the baseline's, nats. */
  log_likelihood_gain: z.strictObject({
    gaussian: estimate,
    mixture: estimate,
    fewer_states: estimate,
    more_states: estimate.optional(),
  }),
  /** Criteria on the training bars of the last part; lower is better. */
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
  /** Means of the last regime divided by the first's; null when one of them does not occur. */
  last_to_first: z.strictObject({
    volatility: estimate,
    absolute_return: estimate,
    volume: estimate,
  }).nullable(),
  /** The filter compared with the smoother, which uses later bars; see `measureDelay`. */
  smoothing: z.strictObject({
    /** Share of bars with the same most probable regime. */
    agreement: z.number(),
    /** Lasting regime changes of the smoother. */
    changes: z.int(),
    /** Share of them that the filter never makes; null without any. */
    missed: z.number().nullable(),
    /** Delay of the filter; null without any. */
    median_delay_minutes: z.number().nullable(),
    p90_delay_minutes: z.number().nullable(),
  }),
  /** Mean adjusted Rand index of two paths on the same held-out bars. */
  stability: z.strictObject({
    /** Re-fits with other seeds. */
    seeds: z.number(),
    /** With the previous part's model; null when there is none. */
    consecutive: z.number().nullable(),
  }),
  /** Share of anomalous bars. */
  anomaly_rate: z.number(),
  /** Forecasts of the next minutes' volatility, in terciles of the training bars. */
  forecast: z.strictObject({
    model: z.strictObject(forecaster),
    baselines: z.strictObject({
      /** The best hysteresis thresholds on the standardized range. */
      hysteresis: baseline,
      /** The best hysteresis thresholds on the plain range. */
      plain_hysteresis: baseline,
      /** Terciles of the standardized range; ranks are the range's own. */
      range: baseline,
      /** The terciles' shares of the training bars. */
      frequencies: baseline,
    }),
    /** Chosen thresholds of each part. */
    thresholds: z.array(z.strictObject({ hysteresis: threshold, plain_hysteresis: threshold })),
  }),
});

/** A walk-forward evaluation: each part is measured with a fit on earlier bars. */
export const walkForwardSchema = z.strictObject({
  protocol: z.strictObject({
    /** Minutes of a forecast. */
    horizon_minutes: z.int(),
    /** Most training bars of a fit, the latest before its test. */
    train_bars: z.int(),
    /** Minutes between training and test that are left out. */
    purge_minutes: z.int(),
    /** Random starts per fit. */
    restarts: z.int(),
    /** Fits per part with different seeds. */
    refits: z.int(),
    /** Bars of a bootstrap block; a block may have up to one and a half times as many. */
    block_bars: z.int(),
    resamples: z.int(),
    /** Nominal share of anomalous bars. */
    contamination: z.union([z.number(), z.literal("auto")]),
  }),
  /** Why parts are missing. */
  note: z.string().min(1).optional(),
  /** All folds pooled. */
  folds: heldOut.optional(),
  /** The last part of the history, which no research has used. */
  final: heldOut.optional(),
});

/** A walk-forward evaluation. */
export type WalkForward = DeepReadonly<z.infer<typeof walkForwardSchema>>;
/** Measures on held-out bars. */
export type HeldOut = DeepReadonly<z.infer<typeof heldOut>>;
/** An estimate with its interval. */
export type Estimate = DeepReadonly<z.infer<typeof estimate>>;
