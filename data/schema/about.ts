import * as z from "zod/mini";

/** What the keys of a record are: names of features or regimes of a model, or names of models. */
export type KeyKind = "feature" | "regime" | "model";

/** Kinds of models that differ in what they say. */
export type ModelKind = "hmm" | "volatility";

/** What OpenAPI, tables and metrics need to know of a schema beyond its type. */
export interface About {
  readonly description?: string | undefined;
  /** Format of a text, for OpenAPI. */
  readonly format?: "date-time";
  /** What the keys of a record are, where they differ from model to model. */
  readonly "x-keys"?: KeyKind;
  /** The kind of models that have the field, where others do not. */
  readonly "x-models"?: ModelKind;
  /** Prometheus metric that a field of a symbol's status becomes, without the service's prefix. */
  readonly "x-metric"?: string;
}

/**
 * What is known of schemas: `z.boolean().register(ABOUT, { description: "..." })`. It is the
 * registry that zod makes JSON Schema from.
 *
 * The dashboard's build leaves such calls out by their text, so no brace may stand inside.
 */
export const ABOUT: z.core.$ZodRegistry<About> = z.globalRegistry;
