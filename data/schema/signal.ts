import * as z from "zod/mini";
import { type DeepReadonly, recordOf } from "./define.ts";
import { ABOUT } from "./about.ts";
import { ohlcvShape } from "./minute.ts";
import { barQualitySchema, barSourceSchema } from "./origin.ts";

const probability = () => z.number().check(z.gte(0), z.lte(1));

/** What one model says of one bar. */
export const modelOutputSchema = z.object({
  state: z.int().register(ABOUT, {
    description: "Index of the most probable regime in the artifact's canonical order",
  }),
  name: z.string().register(ABOUT, { description: "Label of that regime" }),
  confidence: probability().register(ABOUT, { description: "Filtered posterior of that regime" }),
  probabilities: recordOf(probability()).register(ABOUT, {
    description: "Filtered posterior P(s_t | x_1..x_t) by regime, keyed by label in snake case",
    "x-keys": "regime",
  }),
  seconds_in_state: z.number().register(ABOUT, {
    description: "Time since this regime became the most probable one, seconds; 60 for its " +
      "first bar",
  }),
  log_likelihood: z.number().register(ABOUT, {
    description: "ln p(x_t | x_1..x_t-1): of this bar given those before it, nats",
  }),
});

/** What one model says of one bar; {@linkcode modelOutputSchema} describes its fields. */
export type ModelOutput = DeepReadonly<z.infer<typeof modelOutputSchema>>;

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
      description: "On signals of a state that was computed anew from the bars, as its saved " +
        "copies were damaged: last digits may differ; absent otherwise",
    }),
  ),
  timestamp: z.int().register(ABOUT, { description: "Open time of the minute, ms UTC" }),
  datetime: z.string().register(ABOUT, {
    description: "The same time, ISO 8601",
    format: "date-time",
  }),
  ...ohlcvShape,
  features: recordOf(z.number()).register(ABOUT, {
    description: "Raw features of the primary model, by name",
    "x-keys": "feature",
  }),
  normalized: recordOf(z.number()).register(ABOUT, {
    description: "The same features as the model sees them",
    "x-keys": "feature",
  }),
  anomaly_score: z.number().register(ABOUT, {
    description: "Isolation Forest score, -1 (anomalous) to 0; scikit-learn's score_samples",
  }),
  is_anomaly: z.boolean().register(ABOUT, {
    description: "Whether anomaly_score is below the artifact's offset",
  }),
  regime_state: output.state,
  regime_name: output.name,
  confidence: output.confidence,
  regime_probabilities: output.probabilities,
  seconds_in_state: output.seconds_in_state,
  log_likelihood: output.log_likelihood,
  models: recordOf(modelOutputSchema).register(ABOUT, {
    description: "The models beside the primary one, by name",
    "x-keys": "model",
  }),
}).register(ABOUT, {
  description: "The regime of one market in one minute; the top level is the primary model",
});

/** The regime of one market in one minute; {@linkcode signalSchema} describes its fields. */
export type Signal = DeepReadonly<z.infer<typeof signalSchema>>;

/** The key of a regime in signals, from its label: "Bearish Extreme" becomes "bearish_extreme". */
export function labelKey(label: string): string {
  return label.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
}
