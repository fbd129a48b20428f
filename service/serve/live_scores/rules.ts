import { z } from "zod";
import { forecastSchema } from "../../../models/artifact/forecast.ts";
import type { DeepReadonly } from "../../../data/schema/define.ts";
import type { ModelDescription } from "../../../data/schema/model.ts";

const { shape } = forecastSchema;
const quarter = shape.horizons.shape["15"].shape;

/** What of an artifact the scores of its forecasts need. */
const rulesSchema = z.object({
  need: shape.need,
  horizons: z.object({
    "15": z.object({
      borders_absolute_y: quarter.borders_absolute_y,
      borders_week: quarter.borders_week,
    }),
  }),
  inputs: shape.inputs,
  log_score: shape.log_score,
  baseline: shape.baseline,
});

/** What the forecasts of a model are scored by. */
export type ScoringRules = DeepReadonly<z.infer<typeof rulesSchema>>;

/** A volatility model whose forecasts are scored. */
export interface ScoredModel {
  readonly name: string;
  readonly rules: ScoringRules;
}

/** The models among those of the service that make forecasts. */
export function scoredModels(models: readonly ModelDescription[]): readonly ScoredModel[] {
  return models.flatMap(({ name, forecast }) =>
    forecast === undefined ? [] : [{ name, rules: rulesSchema.parse(forecast) }]
  );
}
