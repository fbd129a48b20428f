import { z } from "zod";
import { FEATURE_NAMES } from "../../core-wasm/core.ts";
import { lengthProblems, problems } from "./problems.ts";

/** Longest rolling window: a week of minutes. */
export const MAX_WINDOW = 10_080;

const classicNames = z.tuple([
  z.literal(FEATURE_NAMES.classic[0]),
  z.literal(FEATURE_NAMES.classic[1]),
  z.literal(FEATURE_NAMES.classic[2]),
]);

/** The features of a classic model. */
export const classicFeaturesSchema = z.strictObject({
  preset: z.literal("classic"),
  /** In the order of the model's dimensions. */
  names: classicNames,
  windows: z.strictObject({
    /** Bars in the windows of the activity ratio and the z-scores. */
    rolling: z.int().min(2).max(MAX_WINDOW),
  }),
});

/** The inputs of a volatility model; their windows are the model's own. */
export const volatilityFeaturesSchema = z.strictObject({
  preset: z.literal("volatility"),
  /** In the order of the core. */
  names: z.array(z.string()).superRefine(problems(function* (names) {
    const expected = FEATURE_NAMES.volatility;
    yield* lengthProblems([], names, expected.length);
    const wrong = expected.findIndex((name, i) => names[i] !== name);
    if (wrong < 0 || names.length !== expected.length) return;
    const message = `must be "${expected[wrong]}": current value is "${names[wrong]}"`;
    yield { path: [wrong], message };
  })),
});
