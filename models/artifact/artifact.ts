import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";
import { featuresSchema } from "./features.ts";
import { featureIndexProblems, forestSchema } from "./forest.ts";
import { dimensionProblems, hmmSchema, orderProblems } from "./hmm.ts";
import { type Problem, problems } from "./problems.ts";
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

const artifactObject = z.strictObject({
  schema: z.literal(1),
  name: z.string().regex(
    MODEL_NAME,
    "must be a lower-case letter, then up to 31 lower-case letters, digits, _ or -",
  ),
  created: z.iso.datetime(),
  features: featuresSchema,
  forest: forestSchema,
  hmm: hmmSchema,
  training: trainingSchema,
  scorecard: scorecardSchema,
});

/** A model: its features, parameters, training record and scorecard. */
export type Artifact = DeepReadonly<z.infer<typeof artifactObject>>;

/** A model that MicroStream fitted. */
export type FittedArtifact = Artifact & {
  readonly training: DeepReadonly<z.infer<typeof fittedSchema>>;
};

function* artifactProblems({ features, forest, hmm }: Artifact): Iterable<Problem> {
  const dims = features.names.length;
  yield* dimensionProblems(hmm, dims);
  yield* orderProblems(hmm);
  yield* featureIndexProblems(forest, dims);
}

/** The artifact file, format 1. */
export const artifactSchema = artifactObject.superRefine(problems(artifactProblems));
