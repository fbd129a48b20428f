import { z } from "zod";
import { barSchema } from "../../../data/schema/bar.ts";
import { modelSchema } from "../../../data/schema/model.ts";
import { signalSchema } from "../../../data/schema/signal.ts";
import {
  modelStatusSchema,
  statusSchema,
  storageStatusSchema,
} from "../../../data/schema/status.ts";
import { symbolSchema } from "../../../data/schema/symbol.ts";

/** The shapes of the answers, by their names in the OpenAPI document. */
export const SCHEMAS = {
  Bar: barSchema,
  Signal: signalSchema,
  Symbol: symbolSchema,
  Status: statusSchema,
  Health: z.strictObject({
    ...statusSchema.shape,
    status: z.enum(["ok", "degraded", "down"]).describe(
      "ok: live, no market's bars wait, and the journal is written; down: all markets' bars wait",
    ),
    affected: z.array(z.string()).describe("The markets with a problem"),
    subscribers: z.int().describe("Clients of the stream"),
  }).describe("State of the service, in full"),
  Readiness: z.strictObject({
    ready: z.boolean(),
    connection: z.string(),
    message: z.string(),
    storage: z.nullable(storageStatusSchema)
      .describe("Since when and why the journal cannot be written; null while it can"),
    problems: z.record(z.string(), z.string())
      .describe("What is wrong, by market; at most 10 of them"),
    awaited: z.record(z.string(), z.string())
      .describe("What is awaited without anything being wrong, by market; at most 10 of them"),
  }),
  Model: modelSchema,
  Reload: z.strictObject({
    models: z.array(modelStatusSchema),
    problem: z.string().nullable()
      .describe("Why the artifact files are not, or not fully, what is live"),
  }),
  Problem: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe("What was wrong with the request, and what is allowed"),
    instance: z.string(),
  }).describe("RFC 9457"),
} as const;

/** Name of a shape. */
export type SchemaName = keyof typeof SCHEMAS;
