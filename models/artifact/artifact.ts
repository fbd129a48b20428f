import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";
import { classicFeaturesSchema, volatilityFeaturesSchema } from "./features.ts";
import { forecastSchema } from "./forecast.ts";
import { forecastScorecardSchema } from "./forecast_scorecard.ts";
import { featureIndexProblems, forestSchema } from "./forest.ts";
import { dimensionProblems, hmmSchema, orderProblems } from "./hmm.ts";
import { type Problem, problems } from "./problems.ts";
import { VOLATILITY_LABELS } from "./labels.ts";
import { scorecardSchema } from "./scorecard.ts";

/** Allowed names of a model. */
export const MODEL_NAME = /^[a-z][a-z0-9_-]{0,31}$/;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits");

/** Training record of a model that MicroStream fitted. */
const fittedSchema = z.strictObject({
  origin: z.literal("fitted").optional(),
  symbol: z.string().min(1),
  market: z.enum(["spot", "usdm"]),
  /** Open times of the first and of the last bar. */
  period: z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() }),
  /** Number of bars. */
  rows: z.int().min(1),
  /** Runs of contiguous minutes. */
  sequences: z.int().min(1),
  /** Open times of the first and of the last bar of each run; absent in earlier artifacts. */
  blocks: z.array(z.strictObject({ from: z.iso.datetime(), to: z.iso.datetime() })).optional(),
  /** SHA-256 of the bars, see `hashSequences`. */
  sha256,
  seed: z.int().min(0),
  /** Version of MicroStream that fitted the model. */
  version: z.string().min(1),
});

/** Training record of a model whose fit draws no random numbers. */
const seedlessSchema = fittedSchema.omit({ seed: true });

/** Training record of a model that was fitted elsewhere, on unknown bars. */
const importedSchema = z.strictObject({
  origin: z.literal("imported"),
  /** SHA-256 of the pickled models. */
  forest_sha256: sha256,
  hmm_sha256: sha256,
  /** The libraries that read them, with versions. */
  libraries: z.string().min(1),
});

/** Where a model comes from. */
const trainingSchema = z.discriminatedUnion("origin", [fittedSchema, importedSchema]);

const frame = {
  schema: z.literal(1),
  name: z.string().regex(
    MODEL_NAME,
    "must be a lower-case letter, then up to 31 lower-case letters, digits, _ or -",
  ),
  created: z.iso.datetime(),
};

const hmmObject = z.strictObject({
  ...frame,
  features: classicFeaturesSchema,
  forest: forestSchema,
  hmm: hmmSchema,
  training: trainingSchema,
  scorecard: scorecardSchema,
});

const volatilitySchema = z.strictObject({
  ...frame,
  features: volatilityFeaturesSchema,
  forecast: forecastSchema,
  training: seedlessSchema,
  scorecard: forecastScorecardSchema,
});

/** A model of an Isolation Forest and a hidden Markov model. */
export type HmmArtifact = DeepReadonly<z.infer<typeof hmmObject>>;

/** A model that forecasts volatility. */
export type VolatilityArtifact = DeepReadonly<z.infer<typeof volatilitySchema>>;

/** A model: its features, parameters, training record and scorecard. */
export type Artifact = HmmArtifact | VolatilityArtifact;

/** A model of a forest and an HMM that MicroStream fitted. */
export type FittedArtifact = HmmArtifact & {
  readonly training: DeepReadonly<z.infer<typeof fittedSchema>>;
};

function* hmmProblems({ features, forest, hmm }: HmmArtifact): Iterable<Problem> {
  const dims = features.names.length;
  yield* dimensionProblems(hmm, dims);
  yield* orderProblems(hmm);
  yield* featureIndexProblems(forest, dims);
}

/** As much of an artifact as says what the rest must be. */
const kindSchema = z.looseObject({
  features: z.looseObject({ preset: z.enum(["classic", "volatility"]) }),
});

/** An artifact of each preset. */
const presets = {
  classic: hmmObject.superRefine(problems(hmmProblems)),
  volatility: volatilitySchema,
};

/**
 * The artifact file, format 1: a union by `features.preset`. A plain union would name no field of a
 * damaged file.
 */
export const artifactSchema = kindSchema.transform((value, context): Artifact => {
  const parsed = presets[value.features.preset].safeParse(value);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues) {
    context.addIssue({ code: "custom", path, message });
  }
  return z.NEVER;
});

/** Labels of a model's regimes, in canonical order. */
export function labelsOf(artifact: Artifact): readonly string[] {
  return "forecast" in artifact ? VOLATILITY_LABELS : artifact.hmm.labels;
}
