import { z } from "zod";
import { FEATURE_NAMES } from "../../core-wasm/core.ts";

/** Longest rolling window: a week of minutes. */
export const MAX_WINDOW = 10_080;

const classicNames = z.tuple([
  z.literal(FEATURE_NAMES.classic[0]),
  z.literal(FEATURE_NAMES.classic[1]),
  z.literal(FEATURE_NAMES.classic[2]),
]);

/** What a model sees of the bars. */
export const featuresSchema = z.discriminatedUnion("preset", [
  z.strictObject({
    preset: z.literal("classic"),
    /** In the order in which the model sees them. */
    names: classicNames,
    windows: z.strictObject({
      /** Bars in the windows of the activity ratio and of the z-scores. */
      rolling: z.int().min(2).max(MAX_WINDOW),
    }),
  }),
]);
