import * as z from "zod/mini";
import { type DeepReadonly, recordOf } from "./define.ts";
import { ABOUT } from "./about.ts";
import { ohlcvShape } from "./minute.ts";
import { backfillSchema, barQualitySchema, barSourceSchema } from "./origin.ts";
import { volatilityShape } from "./volatility.ts";

const probability = () => z.number().check(z.gte(0), z.lte(1));

const readiness = {
  // Journals keep signals of earlier versions, in which every model spoke.
  ready: z._default(z.boolean(), true).register(ABOUT, {
    description:
      "Whether the model's windows are filled. While they are not, what it says is null; " +
      "absent in signals of earlier versions, where it counts as true",
  }),
  have: z.exactOptional(z.int()).register(ABOUT, {
    description: "Bars of its windows that a model has that is not ready; absent when it is ready",
  }),
  need: z.exactOptional(z.int()).register(ABOUT, {
    description: "Bars that the windows of a model need that is not ready; absent when it is ready",
  }),
};

const logLikelihood = z.nullable(z.number()).register(ABOUT, {
  description: "ln p(x_t | x_1..x_t-1): of this bar given those before it, nats; null when the " +
    "primary model has no such number",
});

/** What one model says of one bar. */
export const modelOutputSchema = z.object({
  ...readiness,
  state: z.nullable(z.int()).register(ABOUT, {
    description: "Index of the regime in the artifact's canonical order: the most probable one, " +
      "or of a volatility model the one that no other exceeds by its margin",
  }),
  name: z.nullable(z.string()).register(ABOUT, { description: "Label of that regime" }),
  confidence: z.nullable(probability()).register(ABOUT, {
    description: "Probability of that regime",
  }),
  probabilities: z.nullable(recordOf(probability()).register(ABOUT, { "x-keys": "regime" }))
    .register(ABOUT, {
      description: "Probabilities by regime given the bars so far, keyed by label in snake case",
    }),
  seconds_in_state: z.nullable(z.number()).register(ABOUT, {
    description: "Time since this regime began, seconds; 60 for its first bar",
  }),
  log_likelihood: z.exactOptional(logLikelihood).register(ABOUT, {
    description: "ln p(x_t | x_1..x_t-1): of this bar given those before it, nats",
    "x-models": "hmm",
  }),
  ...volatilityShape,
});

/** What one model says of one bar; {@linkcode modelOutputSchema} describes its fields. */
export type ModelOutput = DeepReadonly<z.infer<typeof modelOutputSchema>>;

/** What a model says that is ready. */
export interface ReadyOutput extends ModelOutput {
  readonly ready: true;
  readonly state: number;
  readonly name: string;
  readonly confidence: number;
  readonly probabilities: Readonly<Record<string, number>>;
  readonly seconds_in_state: number;
}

/** Whether a model is ready and says something. */
export function isReady(output: ModelOutput): output is ReadyOutput {
  return output.ready && Object.values(output).every((value) => value !== null);
}

/** What a volatility model says that is ready. */
export type ReadyForecast = ReadyOutput & Required<NonNullableFields<VolatilityFields>>;

type VolatilityFields = Pick<ModelOutput, keyof typeof volatilityShape>;
type NonNullableFields<T> = { readonly [K in keyof T]: NonNullable<T[K]> };

/** Whether a volatility model is ready and says something. */
export function isReadyForecast(output: ModelOutput): output is ReadyForecast {
  return isReady(output) && output.forecast !== undefined;
}

const output = modelOutputSchema.shape;

/**
 * The regime of one market in one minute; topic `market_regime_signals`, SSE `signal` and `nowcast`.
 *
 * Journals keep signals of earlier versions, so a field that is added must be optional.
 */
export const signalSchema = z.object({
  schema: z.literal(1),
  symbol: z.string(),
  source: barSourceSchema,
  quality: barQualitySchema,
  final: z.boolean().register(ABOUT, {
    description: "False for a nowcast, which a final signal replaces",
  }),
  state: z.exactOptional(
    z.literal("rebuilt").register(ABOUT, {
      description: "On signals of a state that was recomputed from the bars, as its saved " +
        "copies were damaged: last digits may differ; absent otherwise",
    }),
  ),
  backfill: backfillSchema,
  timestamp: z.int().register(ABOUT, { description: "Open time of the minute, ms UTC" }),
  datetime: z.string().register(ABOUT, {
    description: "The same time, ISO 8601",
    format: "date-time",
  }),
  ...ohlcvShape,
  features: recordOf(z.nullable(z.number())).register(ABOUT, {
    description: "Raw features of the primary model, by name; null where a window is not filled",
    "x-keys": "feature",
  }),
  normalized: recordOf(z.nullable(z.number())).register(ABOUT, {
    description: "The same features as the model sees them; null until it is ready; empty for a " +
      "volatility model, which sees them as they are",
    "x-keys": "feature",
    "x-models": "hmm",
  }),
  anomaly_score: z.nullable(z.number()).register(ABOUT, {
    description: "Isolation Forest score, -1 (anomalous) to 0; scikit-learn's score_samples; " +
      "null when the primary model has no forest",
  }),
  is_anomaly: z.nullable(z.boolean()).register(ABOUT, {
    description: "Whether anomaly_score is below the artifact's offset",
  }),
  regime_state: output.state,
  regime_name: output.name,
  confidence: output.confidence,
  regime_probabilities: output.probabilities,
  seconds_in_state: output.seconds_in_state,
  log_likelihood: logLikelihood,
  ...readiness,
  ...volatilityShape,
  models: recordOf(modelOutputSchema).register(ABOUT, {
    description: "The models beside the primary one, by name",
    "x-keys": "model",
  }),
}).register(ABOUT, {
  description: "The regime of one market in one minute; the top level is the primary model",
});

/** The regime of one market in one minute; {@linkcode signalSchema} describes its fields. */
export type Signal = DeepReadonly<z.infer<typeof signalSchema>>;

/** What the primary model says: the top level of a signal. */
export function primaryOutput(signal: Signal): ModelOutput {
  const { ready, have, need, confidence, seconds_in_state, log_likelihood } = signal;
  return {
    ready,
    ...(have === undefined ? {} : { have }),
    ...(need === undefined ? {} : { need }),
    state: signal.regime_state,
    name: signal.regime_name,
    confidence,
    probabilities: signal.regime_probabilities,
    seconds_in_state,
    ...(signal.basis === undefined ? { log_likelihood } : {
      basis: signal.basis,
      against_week: signal.against_week ?? null,
      forecast: signal.forecast ?? null,
      change_within_60_minutes: signal.change_within_60_minutes ?? null,
      shock_score: signal.shock_score ?? null,
      is_shock: signal.is_shock ?? null,
      contributions: signal.contributions ?? null,
    }),
  };
}

/** The key of a regime in signals, from its label: "Bearish Extreme" becomes "bearish_extreme". */
export function labelKey(label: string): string {
  return label.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
}
