import * as z from "zod/mini";
import type { DeepReadonly } from "./define.ts";
import { ABOUT } from "./about.ts";
import { liveSchema } from "./live.ts";

/**
 * A model as `/api/v1/models` gives it: the artifact with the lengths of its largest lists in their
 * place, and when it was loaded. An artifact holds more than is named here, which may change.
 */
export const modelSchema = z.looseObject({
  name: z.string(),
  created: z.string().register(ABOUT, { description: "When it was fitted", format: "date-time" }),
  fingerprint: z.string().register(ABOUT, { description: "Names what the artifact computes" }),
  loaded: z.string().register(ABOUT, {
    description: "When the service loaded it",
    format: "date-time",
  }),
  primary: z.boolean().register(ABOUT, { description: "Whether it is the top level of a signal" }),
  features: z.looseObject({
    preset: z.string().register(ABOUT, { description: "Name of the feature set" }),
    names: z.array(z.string()),
  }),
  labels: z.array(z.string()).register(ABOUT, {
    description: "Names of the regimes, in canonical order",
  }),
  forest: z.exactOptional(z.looseObject({
    trees: z.int().register(ABOUT, { description: "Number of trees" }),
    contamination: z.unknown().register(ABOUT, {
      description: "Share of the training bars that is anomalous, above 0 and at most 0.5; " +
        "auto: the offset is -0.5",
    }),
    offset: z.number().register(ABOUT, { description: "A score below it is anomalous" }),
  })).register(ABOUT, {
    description: "The Isolation Forest; a volatility model has none",
  }),
  hmm: z.exactOptional(z.looseObject({
    labels: z.array(z.string()).register(ABOUT, {
      description: "Names of the regimes, in canonical order",
    }),
    transmat: z.array(z.array(z.number())).register(ABOUT, {
      description: "Transition probabilities, from row to column",
    }),
  })).register(ABOUT, {
    description: "The hidden Markov model; a volatility model has none",
  }),
  forecast: z.exactOptional(z.looseObject({
    need: z.int().register(ABOUT, {
      description: "Minutes of history from which on the model is ready",
    }),
    label_margin: z.number().register(ABOUT, {
      description: "By which another regime's probability must exceed the present one's",
    }),
  })).register(ABOUT, {
    description: "The forecast of a volatility model, with the number of levels in the place of " +
      "its tables of quantiles",
  }),
  training: z.looseObject({
    symbol: z.exactOptional(
      z.string().register(ABOUT, { description: "Market of the training bars" }),
    ),
    rows: z.exactOptional(z.int().register(ABOUT, { description: "Number of training bars" })),
    period: z.exactOptional(z.object({
      from: z.string().register(ABOUT, { description: "First training bar", format: "date-time" }),
      to: z.string().register(ABOUT, { description: "Last training bar", format: "date-time" }),
    })),
  }).register(ABOUT, {
    description: "Where the model comes from; of an imported model the bars are not known",
  }),
  live: z.exactOptional(liveSchema),
  scorecard: z.looseObject({}).register(ABOUT, { description: "What was measured of the model" }),
}).register(ABOUT, {
  description: "A model artifact, with the lengths of its largest lists in their place",
});

/** A model as `/api/v1/models` gives it; {@linkcode modelSchema} describes its fields. */
export type ModelDescription = DeepReadonly<z.infer<typeof modelSchema>>;
