import { z } from "zod";
import type { DeepReadonly } from "../../data/schema/define.ts";
import { walkForwardSchema } from "./walk_forward.ts";

const regime = z.strictObject({
  /** Share of the bars in which this is the most probable regime. */
  share: z.number(),
  /** What the transition probabilities say: 1 / (1 - probability to stay). */
  expected_dwell_minutes: z.number(),
  /** Mean length of its runs among the bars; 0 when it never was the most probable one. */
  mean_dwell_minutes: z.number(),
});

/** What was measured of a model; a part that was not measured is absent. */
export const scorecardSchema = z.strictObject({
  /** Measured on the training bars themselves, forward-filtered. */
  in_sample: z.strictObject({
    /** Mean ln p(x_t | x_1..x_t-1), nats. */
    log_likelihood_per_bar: z.number(),
    anomaly_rate: z.number(),
    /** Changes of the most probable regime in 1,440 bars. */
    flips_per_day: z.number(),
    /** By label key. */
    regimes: z.record(z.string(), regime),
  }).optional(),
  /** How Baum-Welch went. */
  fit: z.strictObject({
    iterations: z.int(),
    converged: z.boolean(),
    /** The random starts, on the part of the bars that they were tried on. */
    restarts: z.array(z.strictObject({
      log_likelihood_per_bar: z.number(),
      iterations: z.int(),
      converged: z.boolean(),
    })),
  }).optional(),
  /** Measured on bars that came after those of the fits, which are made anew for it. */
  walk_forward: walkForwardSchema.optional(),
});

/** The scorecard of a model. */
export type Scorecard = DeepReadonly<z.infer<typeof scorecardSchema>>;
