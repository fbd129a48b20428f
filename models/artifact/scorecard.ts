import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";
import { walkForwardSchema } from "./walk_forward.ts";

const regime = z.strictObject({
  /** Share of the bars in which this is the most probable regime. */
  share: z.number(),
  /** From the transition probabilities: 1 / (1 - self-transition). */
  expected_dwell_minutes: z.number(),
  /** Mean length of its runs; 0 when it is never the most probable regime. */
  mean_dwell_minutes: z.number(),
});

/** Measures of a model; parts that were not measured are absent. */
export const scorecardSchema = z.strictObject({
  /** On the training bars, forward-filtered. */
  in_sample: z.strictObject({
    /** Mean ln p(x_t | x_1..x_t-1), nats. */
    log_likelihood_per_bar: z.number(),
    anomaly_rate: z.number(),
    /** Changes of the most probable regime per 1,440 bars. */
    flips_per_day: z.number(),
    /** By label key. */
    regimes: z.record(z.string(), regime),
  }).optional(),
  /** Convergence of Baum-Welch. */
  fit: z.strictObject({
    iterations: z.int(),
    converged: z.boolean(),
    /** The random starts, on their sample of the bars. */
    restarts: z.array(z.strictObject({
      log_likelihood_per_bar: z.number(),
      iterations: z.int(),
      converged: z.boolean(),
    })),
  }).optional(),
  /** On bars after those of each fit; every part has a fit of its own. */
  walk_forward: walkForwardSchema.optional(),
});

/** The scorecard of a model. */
export type Scorecard = DeepReadonly<z.infer<typeof scorecardSchema>>;
