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

const coreHorizon = z.strictObject({
  coef: z.strictObject({
    intercept: z.number(),
    season: numbers,
    volatility_5: z.number(),
    volatility_30: z.number(),
    volatility_240: z.number(),
    volatility_1440: z.number(),
    week: z.number(),
    volume_5: z.number(),
    volume_60: z.number(),
    leverage_5: z.number(),
    leverage_15: z.number(),
    leverage_60: z.number(),
    leverage_240: z.number(),
    momentum_5: z.number(),
    momentum_15: z.number(),
    momentum_60: z.number(),
    momentum_240: z.number(),
  }),
  bias: z.strictObject({ error_240: z.number(), error_1440: z.number(), error_4320: z.number() }),
  scale: z.strictObject({
    intercept: z.number(),
    error_240: z.number(),
    error_1440: z.number(),
    error_4320: z.number(),
    short_change: z.number(),
    short_change_size: z.number(),
    day_change_size: z.number(),
  }),
  z2_mean: z.number(),
  z_quantiles: numbers,
  borders_absolute_y: z.record(z.string(), numbers),
  borders_week: numbers,
});

const coreChange = z.strictObject({ intercept: z.number(), w: numbers });

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

/** Parameters of a volatility model, as far as the core reads them. */
export const coreForecast = z.strictObject({
  need: z.int(),
  label_margin: z.number(),
  horizons: z.strictObject({ "15": coreHorizon, "60": coreHorizon }),
  change_within_60: z.strictObject({ absolute: coreChange, week: coreChange }),
  shock: z.strictObject({ alarms_a_day: z.number(), step: z.number(), start: z.number() }),
});

const regime = z.strictObject({
  /** Minutes since the label began, 0 in its first. */
  minutes: z.int(),
  probabilities: numbers,
  change: z.number(),
});

const forecastRow = z.strictObject({
  /** Bars of the sequence. */
  have: z.int(),
  inputs: numbers,
  /** f and a of each horizon. */
  forecasts: z.array(numbers),
  quantiles: z.array(numbers),
  shock_score: z.number(),
  contributions: numbers,
  absolute: regime.nullable(),
  week: regime.nullable(),
});

const forecastFile = z.strictObject({
  forecast: coreForecast,
  /** How synthetic_bars.ts makes the bars. */
  bars: z.strictObject({
    seed: z.int(),
    start: z.int(),
    count: z.int(),
    holes: z.array(z.tuple([z.int(), z.int()])),
  }),
  /** A character for each bar: the state or a dash, and whether the bar is a shock. */
  states: z.strictObject({ absolute: z.string(), week: z.string(), shock: z.string() }),
  /** Indices of the bars of the rows. */
  kept: z.strictObject({ bars: numbers }),
  rows: z.array(forecastRow),
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

/** A volatility model's outputs, by forecast_model.py. */
export const readForecastVectors = () => read(forecastFile, "forecast.json");

/** Imported models, and the output of scikit-learn and hmmlearn for given rows. */
export const readImportVectors = () => read(importFile, "import.json").models;
