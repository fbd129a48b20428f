import * as z from "zod/mini";
import { barQualitySchema, barSourceSchema } from "./bar.ts";
import { type DeepReadonly, describe, recordBy } from "./define.ts";
import { ohlcvShape } from "./kline.ts";

const probability = () => z.number().check(z.gte(0), z.lte(1));

/** What one model says of one bar. */
export const modelOutputSchema = z.object({
  state: describe(z.int(), "Index of the most probable regime in the artifact's canonical order"),
  name: describe(z.string(), "Label of that regime"),
  confidence: describe(probability(), "Filtered posterior of that regime"),
  probabilities: recordBy(
    "regime",
    probability(),
    "Filtered posterior P(s_t | x_1..x_t) by regime, keyed by its label in snake case",
  ),
  seconds_in_state: describe(
    z.number(),
    "Time since this regime became the most probable one, seconds; 60 for its first bar",
  ),
  log_likelihood: describe(
    z.number(),
    "ln p(x_t | x_1..x_{t-1}), of this bar given those before it, nats",
  ),
});

/** What one model says of one bar; {@linkcode modelOutputSchema} describes its fields. */
export type ModelOutput = DeepReadonly<z.infer<typeof modelOutputSchema>>;

/** The regime of one market in one minute; topic `market_regime_signals`, SSE `signal` and `nowcast`. */
export const signalSchema = describe(
  z.object({
    schema: z.literal(1),
    symbol: z.string(),
    source: barSourceSchema,
    quality: barQualitySchema,
    final: describe(z.boolean(), "False for a nowcast, which a final signal replaces"),
    timestamp: describe(z.int(), "Open time of the minute, ms UTC"),
    datetime: describe(z.iso.datetime(), "The same time, ISO 8601"),
    ...ohlcvShape,
    features: recordBy("feature", z.number(), "Raw features of the primary model, by name"),
    normalized: recordBy("feature", z.number(), "The same features as the model sees them"),
    anomaly_score: describe(
      z.number(),
      "Isolation Forest score, -1 (anomalous) to 0; scikit-learn's score_samples",
    ),
    is_anomaly: describe(z.boolean(), "Whether anomaly_score is below the artifact's offset"),
    regime_state: modelOutputSchema.shape.state,
    regime_name: modelOutputSchema.shape.name,
    confidence: modelOutputSchema.shape.confidence,
    regime_probabilities: modelOutputSchema.shape.probabilities,
    seconds_in_state: modelOutputSchema.shape.seconds_in_state,
    log_likelihood: modelOutputSchema.shape.log_likelihood,
    models: recordBy("model", modelOutputSchema, "The models beside the primary one, by name"),
  }),
  "The regime of one market in one minute; the top level is the primary model",
);

/** The regime of one market in one minute; {@linkcode signalSchema} describes its fields. */
export type Signal = DeepReadonly<z.infer<typeof signalSchema>>;

/** The key of a regime in signals, from its label: "Bearish Extreme" becomes "bearish_extreme". */
export function labelKey(label: string): string {
  return label.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
}
