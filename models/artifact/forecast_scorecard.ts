import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";

/** An estimate with its 95 % block-bootstrap interval. */
const estimate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });

/** Bars from one open time to another, both inclusive. */
const span = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  /** Bars at which the model is ready. */
  bars: z.int().min(1),
});

/** Figures of a forecaster of the terciles of the next 15 minutes' volatility. */
const forecaster = {
  /** Share of the bars whose tercile was forecast as the most probable; null without borders. */
  accuracy: z.number().nullable(),
  /** Mean ln P(true tercile), nats. */
  log_score: z.number().nullable(),
  /** Spearman's, of all bars together; null when the forecast is constant. */
  rank_correlation: z.number().nullable(),
};

/** One forecaster's figures minus another's. */
const difference = z.strictObject({
  accuracy: estimate.nullable(),
  log_score: estimate.nullable(),
  rank_correlation: estimate.nullable(),
});

const baseline = z.strictObject({
  ...forecaster,
  /** The model's figures minus this forecaster's. */
  model_minus: difference,
});

/** How often what had a probability came, in one tenth of the probabilities. */
const bin = z.strictObject({
  /** Share of the bars. */
  share: z.number(),
  /** Mean probability; null without bars. */
  probability: z.number().nullable(),
  /** How often it came. */
  frequency: z.number().nullable(),
});
const bins = z.array(bin).length(10);

/** Regimes on one basis: by the volatility itself, or against the week. */
const basis = z.strictObject({
  model: z.strictObject(forecaster),
  baselines: z.strictObject({
    /** HAR-RV on logs. */
    har: baseline,
    /** EWMA of the squared returns. */
    ewma: baseline,
    /** GARCH(1,1) with Student's t. */
    garch: baseline,
    /** The model's own label. */
    label: baseline,
    /** The best hysteresis thresholds on the range. */
    hysteresis: baseline,
  }),
  label_minus_hysteresis: difference,
  /** Changes of the label per 1,440 bars. */
  label_changes_a_day: z.number(),
  /** By label, in order. */
  labels: z.array(z.strictObject({
    share: z.number(),
    /** Mean realized volatility of the next 15 minutes, basis points; null without bars. */
    volatility_bp: estimate.nullable(),
  })).length(3),
  /** Mean volatility after the last label divided by that after the first. */
  last_to_first: estimate.nullable(),
  /** Whether the named tercile came, by the confidence in it. */
  reliability: bins,
  /** A change of the label within the hour. */
  change: z.strictObject({
    /** Share of the bars that it followed. */
    share: z.number().nullable(),
    /** Mean squared error of the probability. */
    brier: z.number().nullable(),
    /** The same of the training frequency of each label. */
    brier_frequencies: z.number().nullable(),
    /** The first divided by the second. */
    ratio: estimate.nullable(),
    reliability: bins,
  }),
});

/** The forecast distribution of the log volatility at a horizon. */
const horizon = z.strictObject({
  /** Share of the outcomes inside the 80 % interval. */
  coverage_80: estimate.nullable(),
  coverage_95: estimate.nullable(),
  /** Mean continuous ranked probability score of ln(volatility + 0.1). */
  crps: z.number().nullable(),
  /** The same of HAR-RV with the model's adaptive bias and scale. */
  crps_har: z.number().nullable(),
  /** The first divided by the second. */
  crps_ratio: estimate.nullable(),
});

/** Some figures of one part. */
const part = z.strictObject({
  train: span,
  test: span,
  log_score: z.strictObject({ absolute: z.number().nullable(), week: z.number().nullable() }),
  label_changes_a_day: z.strictObject({ absolute: z.number(), week: z.number() }),
  coverage: z.strictObject({
    "15": z.strictObject({ within_80: z.number(), within_95: z.number() }),
    "60": z.strictObject({ within_80: z.number(), within_95: z.number() }),
  }),
});

/** Measures on bars that no fit, threshold or quantile has used. */
const heldOut = z.strictObject({
  parts: z.array(part).min(1),
  absolute: basis,
  week: basis,
  horizons: z.strictObject({ "15": horizon, "60": horizon }),
  /** The sign of the next 15 minutes' return, by a line through momentum over 5 to 1440 minutes. */
  sign: z.strictObject({
    /** Share of right signs, of bars after which the price moved. */
    hits: estimate.nullable(),
    /** Mean return in the direction of the forecast, basis points before costs. */
    gain_bp: estimate.nullable(),
  }),
});

/** Alarms of one score on a run of minutes. */
const detector = z.strictObject({
  alarms_a_day: z.number(),
  /** Of the largest moves, those with an alarm among their minutes. */
  caught: z.int().min(0),
});

const caught = z.strictObject({ shock: estimate.nullable(), forest: estimate.nullable() });

/** The shock score, and an Isolation Forest of as many alarms. */
const shock = z.strictObject({
  /** Largest 5-minute moves of a run that are looked for. */
  moves: z.int().min(1),
  /** Alarms a day that the thresholds aim at. */
  rates: z.array(z.number()),
  /** Runs of a week or longer. */
  runs: z.array(z.strictObject({
    symbol: z.string(),
    market: z.enum(["spot", "usdm"]),
    /** Whether the model was fitted to it. */
    trained: z.boolean(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    bars: z.int().min(1),
    moves: z.int().min(0),
    /** One for each rate. */
    shock: z.array(detector),
    forest: z.array(detector),
  })),
  /** Share of the moves that are caught over all runs, one for each rate. */
  caught: z.array(caught),
  /** The same over the runs that begin in some months of storms. */
  storms: z.strictObject({ months: z.array(z.string()), caught: z.array(caught) }),
});

/** Measures of a volatility model; parts that were not measured are absent. */
export const forecastScorecardSchema = z.strictObject({
  protocol: z.strictObject({
    /** Most training bars of a fit, the latest before its test. */
    train_bars: z.int(),
    /** Minutes between training and test that are left out. */
    purge_minutes: z.int(),
    /** Bars of a bootstrap block; a block may have up to one and a half times as many. */
    block_bars: z.int(),
    resamples: z.int(),
  }).optional(),
  /** Why parts are missing. */
  note: z.string().min(1).optional(),
  /** All folds pooled. */
  folds: heldOut.optional(),
  /** The last part of the history, by which nothing was chosen. */
  final: heldOut.optional(),
  /** Markets and periods that are only tested, by the fit of the last part. */
  tests: z.array(z.strictObject({
    symbol: z.string(),
    market: z.enum(["spot", "usdm"]),
    /** Open times of the first and of the last bar of each run of contiguous minutes. */
    blocks: z.array(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })),
    measures: heldOut,
  })).optional(),
  shock: shock.optional(),
});

/** The scorecard of a volatility model. */
export type ForecastScorecard = DeepReadonly<z.infer<typeof forecastScorecardSchema>>;
/** Measures on held-out bars. */
export type ForecastHeldOut = DeepReadonly<z.infer<typeof heldOut>>;
/** Measures of a volatility model's regimes on one basis. */
export type ForecastBasis = DeepReadonly<z.infer<typeof basis>>;
/** How often what had a probability came. */
export type ForecastBin = DeepReadonly<z.infer<typeof bin>>;
/** Detection of shocks. */
export type ShockScorecard = DeepReadonly<z.infer<typeof shock>>;
