/** The golden vectors of make_vectors.py. */
import { readFileSync } from "node:fs";
import { z } from "zod";

const numbers = z.array(z.number());

const tree = z.strictObject({
  feature: numbers,
  threshold: numbers,
  left: numbers,
  right: numbers,
  n_samples: numbers,
});

const forest = z.strictObject({
  name: z.string(),
  max_samples: z.int(),
  contamination: z.number(),
  offset: z.number(),
  training_scores: numbers,
  trees: z.array(tree),
  rows: z.array(numbers),
  path_sums: numbers,
  scores: numbers,
  is_anomaly: z.array(z.boolean()),
});

const forestFile = z.strictObject({
  average_path_length: z.strictObject({ n_samples: numbers, lengths: numbers }),
  forests: z.array(forest),
});

const hmm = z.strictObject({
  name: z.string(),
  hmm: z.strictObject({
    startprob: numbers,
    transmat: z.array(numbers),
    means: z.array(numbers),
    covars: z.array(z.array(numbers)),
  }),
  lengths: numbers,
  /** Row after row. */
  rows: numbers,
  log_likelihood: z.number(),
  /** Indices of the rows of the next three fields. */
  kept: numbers,
  log_likelihoods: numbers,
  filtered: z.array(numbers),
  smoothed: z.array(numbers),
  /** Posteriors summed over all rows. */
  filtered_sums: numbers,
  smoothed_sums: numbers,
  /** One digit per row. */
  path: z.string(),
  /** ln of the joint probability of path and rows, of each sequence. */
  path_log_probabilities: numbers,
});

const hmmFile = z.strictObject({ hmms: z.array(hmm) });

const importFile = z.strictObject({
  models: z.array(z.strictObject({
    name: z.string(),
    /** The importer's output. */
    artifact: z.unknown(),
    /** Row after row. */
    rows: numbers,
    scores: numbers,
    is_anomaly: z.array(z.boolean()),
    log_likelihood: z.number(),
    /** Posterior of the last row. */
    filtered: numbers,
  })),
});

function read<T>(schema: z.ZodType<T>, name: string): T {
  const file = new URL(`./vectors/${name}`, import.meta.url);
  return schema.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** hmmlearn's output for given rows. */
export type HmmVector = z.infer<typeof hmm>;

/** Isolation Forests, by scikit-learn. */
export const readForestVectors = () => read(forestFile, "forest.json");

/** Hidden Markov models, by hmmlearn. */
export const readHmmVectors = () => read(hmmFile, "hmm.json").hmms;

/** Imported models, and the output of scikit-learn and hmmlearn for given rows. */
export const readImportVectors = () => read(importFile, "import.json").models;
