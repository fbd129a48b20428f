import { z } from "zod";
import { barSchema } from "../../../data/schema/bar.ts";
import { modelSchema } from "../../../data/schema/model.ts";
import { signalSchema } from "../../../data/schema/signal.ts";
import { modelStatusSchema, statusSchema } from "../../../data/schema/status.ts";
import { symbolSchema } from "../../../data/schema/symbol.ts";

/** The shapes of what the service answers, by the names that its description gives them. */
export const SCHEMAS = {
  Bar: barSchema,
  Signal: signalSchema,
  Symbol: symbolSchema,
  Status: statusSchema,
  Health: z.strictObject({
    ...statusSchema.shape,
    status: z.enum(["ok", "degraded"]),
    subscribers: z.int(),
  }),
  Readiness: z.strictObject({
    ready: z.boolean(),
    connection: z.string(),
    message: z.string(),
    problems: z.record(z.string(), z.string())
      .describe("Why markets are not ready, by symbol; 10 of them at most"),
  }),
  Model: modelSchema,
  Reload: z.strictObject({ models: z.array(modelStatusSchema), problem: z.string().nullable() }),
  Problem: z.strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
  }).describe("RFC 9457"),
} as const;

/** Name of a shape. */
export type SchemaName = keyof typeof SCHEMAS;
