import { z } from "zod";
import { FEATURE_NAMES } from "../../core-wasm/core.ts";
import { MAX_WINDOW } from "./features.ts";
import { problems } from "./problems.ts";

/** Columns of the season: harmonics of the day, of the weekend's day, the weekend, of the hour. */
const SEASON = 31;
/** Features of the probability that the regime changes. */
const CHANGE_FEATURES = 39;
/** Equally spaced levels of the table of the error's distribution. */
const LEVELS = 2001;
/** Allowed deviation of a sum of frequencies from 1. */
const TOLERANCE = 1e-6;

// Inputs are of the order of 1 and what is forecast is a logarithm; beyond it nothing has a meaning.
const coefficient = z.number().min(-1e6).max(1e6);
const list = (length: number) => z.array(coefficient).length(length);

/** `length` numbers, each at least as high as the one before. */
const ascending = (length: number) =>
  list(length).superRefine(problems(function* (values) {
    const wrong = values.findIndex((value, i) => i > 0 && value < (values[i - 1] ?? NaN));
    if (wrong < 0) return;
    const message = `must be at least the one before, ${values[wrong - 1]}: current value is ` +
      `${values[wrong]}`;
    yield { path: [wrong], message };
  }));

/** Two borders between three classes, the second above the first. */
const borders = list(2).superRefine(problems(function* ([first = NaN, second = NaN]) {
  if (second > first) return;
  yield { path: [1], message: `must be above the first, ${first}: current value is ${second}` };
}));

const horizonSchema = z.strictObject({
  /** The expected log volatility. */
  coef: z.strictObject({
    intercept: coefficient,
    volatility_5: coefficient,
    volatility_30: coefficient,
    volatility_240: coefficient,
    volatility_1440: coefficient,
    week: coefficient,
    volume_5: coefficient,
    volume_60: coefficient,
    leverage_5: coefficient,
    leverage_15: coefficient,
    leverage_60: coefficient,
    leverage_240: coefficient,
    momentum_5: coefficient,
    momentum_15: coefficient,
    momentum_60: coefficient,
    momentum_240: coefficient,
    season: list(SEASON),
  }),
  /** Of the lagged averages of the errors, by half-life in minutes. */
  bias: z.strictObject({
    error_240: coefficient,
    error_1440: coefficient,
    error_4320: coefficient,
  }),
  /** The log of the scale of the errors. */
  scale: z.strictObject({
    intercept: coefficient,
    error_240: coefficient,
    error_1440: coefficient,
    error_4320: coefficient,
    short_change: coefficient,
    short_change_size: coefficient,
    day_change_size: coefficient,
  }),
  /** Mean of the squared standardized errors in training. */
  z2_mean: z.number().positive().max(1e6),
  /** The distribution of the standardized errors, at equally spaced levels from 0 to 1. */
  z_quantiles: ascending(LEVELS),
  /** Terciles of the log volatility in training, by market. */
  borders_absolute_y: z.record(z.string().min(1), borders),
  /** Terciles of the log volatility less the week's level. */
  borders_week: borders,
});

const changeSchema = z.strictObject({ intercept: coefficient, w: list(CHANGE_FEATURES) });

const frequencies = z.array(z.number().min(0).max(1)).length(3)
  .superRefine(problems(function* (values) {
    const sum = values.reduce((total, value) => total + value, 0);
    if (Math.abs(sum - 1) <= TOLERANCE) return;
    yield { path: [], message: `must sum to 1: current sum is ${sum}` };
  }));

const logScoreSchema = z.strictObject({
  /** All folds pooled, nats. */
  mean: z.number(),
  /** The lowest fold's. */
  low: z.number(),
  /** The highest fold's. */
  high: z.number(),
}).superRefine(problems(function* ({ mean, low, high }) {
  if (low <= mean && mean <= high) return;
  yield { path: ["mean"], message: `must be from ${low} to ${high}: current value is ${mean}` };
}));

const baselineSchema = z.strictObject({
  /** ln((high - low) / open + 1e-5) of each bar, averaged with a half-life of 10 minutes. */
  quantity: z.literal("range"),
  /** The level rises above these. */
  up: ascending(2),
  /** The level falls below these. */
  down: ascending(2),
  /** Frequency in training of each tercile at each level [level][tercile]. */
  table: z.array(frequencies).length(3),
}).superRefine(problems(function* ({ up, down }) {
  const wrong = down.findIndex((value, i) => value > (up[i] ?? NaN));
  if (wrong < 0) return;
  const message = `must be at most the border upwards, ${up[wrong]}: current value is ` +
    `${down[wrong]}`;
  yield { path: ["down", wrong], message };
}));

/**
 * A forecast of the volatility of the next 15 and 60 minutes, in ln of basis points, and the regimes
 * that are its terciles.
 */
export const forecastSchema = z.strictObject({
  /** Bars of a sequence from which on the model is ready. */
  need: z.int().min(1).max(MAX_WINDOW),
  /** By which another regime's probability must exceed the present one's. */
  label_margin: z.number().min(0).max(1),
  /** By minutes ahead. */
  horizons: z.strictObject({ "15": horizonSchema, "60": horizonSchema }),
  /** Logistic regressions of a change of the regime within the next hour. */
  change_within_60: z.strictObject({ absolute: changeSchema, week: changeSchema }),
  shock: z.strictObject({
    /** Alarms a day that the threshold aims at. */
    alarms_a_day: z.number().positive().max(1440),
    /** By which the threshold's logarithm rises at an alarm. */
    step: z.number().positive().max(1),
    /** The threshold at the start. */
    start: z.number().positive().max(1e6),
  }),
  /** Deciles in training, by input. */
  inputs: z.record(z.enum(FEATURE_NAMES.volatility), ascending(9)),
  /** Mean ln p of the tercile that came, in walk-forward tests; null where none was made. */
  log_score: logScoreSchema.nullable(),
  /** The best hysteresis thresholds on the plain range. */
  baseline: baselineSchema,
});
