import * as z from "zod/mini";
import { ABOUT } from "./about.ts";
import { type DeepReadonly, recordOf } from "./define.ts";

/** A mean over fewer forecasts says too little to be shown. */
export const FEWEST_FORECASTS = 200;

const share = () => z.nullable(z.number().check(z.gte(0), z.lte(1)));
const score = () => z.nullable(z.number());
const count = () => z.int().check(z.gte(0));

const windowSchema = z.object({
  forecasts: count().register(ABOUT, {
    description: "Forecasts of 15 minutes that were published as final signals and have matured",
  }),
  forecasts_60: count().register(ABOUT, { description: "The same of 60 minutes" }),
  coverage_80: share().register(ABOUT, {
    description: "Share of the volatilities of 15 minutes inside the interval from the 10 % to " +
      "the 90 % quantile; 0.8 is right",
  }),
  coverage_80_60: share().register(ABOUT, { description: "The same of 60 minutes" }),
  brier_label: score().register(ABOUT, {
    description:
      "Brier score of the regimes' probabilities, summed over the three terciles: 0 is " +
      "best, 0.667 is always saying a third each",
  }),
  brier_threshold: score().register(ABOUT, {
    description: "The same of the artifact's plain threshold on the range, on the same minutes; " +
      "null too where the regimes are against the week, which the threshold does not know",
  }),
  brier_change: score().register(ABOUT, {
    description: "Brier score of change_within_60_minutes: 0 is best, 0.25 is always saying 0.5",
  }),
  log_score: score().register(ABOUT, {
    description: "Mean ln p of the tercile that came: 0 is best, -1.099 is always saying a third",
  }),
  log_score_expected: score().register(ABOUT, {
    description: "What the log score is in the mean if the probabilities are right: the mean of " +
      "the sum of p ln p",
  }),
  shocks: z.nullable(count()).register(ABOUT, {
    description: "Minutes of the scored forecasts that were a shock",
  }),
}).register(ABOUT, {
  description: "How right the forecasts of a window were; a score is null below 200 forecasts",
});

const windowsShape = {
  day: windowSchema.register(ABOUT, { description: "The last 24 hours of the clock, UTC" }),
  week: windowSchema.register(ABOUT, { description: "The last 168 hours of the clock, UTC" }),
};

const driftSchema = z.object({
  inputs: recordOf(score()).register(ABOUT, {
    description:
      "Population stability index of each input over the last 168 full hours against its " +
      "deciles in training; null below 200 minutes",
  }),
  log_score: score().register(ABOUT, { description: "The week's log score" }),
  band: z.nullable(z.array(z.number())).register(ABOUT, {
    description: "Lowest and highest log score of the walk-forward tests; null where the regimes " +
      "are against the week, of which they are no test",
  }),
  retrain: z.nullable(z.string()).register(ABOUT, {
    description: "Why the model should be trained again; null while nothing says so",
  }),
});

const marketSchema = z.object({
  ...windowsShape,
  basis: z.nullable(z.literal(["absolute", "week"])).register(ABOUT, {
    description: "Borders of the market's regimes; null before a forecast was published",
  }),
  trained_on: z.exactOptional(
    z.array(z.string()).register(ABOUT, {
      description:
        "The markets that the model was trained on; absent if it was trained on this one",
    }),
  ),
  drift: driftSchema,
});

/** How right the published forecasts of a volatility model were. */
export const liveSchema = z.object({
  pooled: z.object(windowsShape).register(ABOUT, { description: "All markets together" }),
  symbols: recordOf(marketSchema).register(ABOUT, {
    description: "By market; those whose past is still being read are absent",
  }),
}).register(ABOUT, {
  description: "How right the published forecasts of a volatility model were; absent for others",
});

/** Scores of the forecasts of one window. */
export type LiveWindow = DeepReadonly<z.infer<typeof windowSchema>>;
/** The day's and the week's scores. */
export type LiveWindows = { readonly day: LiveWindow; readonly week: LiveWindow };
/** Scores and drift of one market. */
export type LiveMarket = DeepReadonly<z.infer<typeof marketSchema>>;
/** Whether a model still fits a market. */
export type Drift = DeepReadonly<z.infer<typeof driftSchema>>;
/** How right the published forecasts of a model were; {@linkcode liveSchema} describes it. */
export type Live = DeepReadonly<z.infer<typeof liveSchema>>;
