import type { HmmResult } from "./hmm_result.ts";
import type { VolatilityResult } from "./volatility_result.ts";

/** A model's output for one bar. */
export type StepResult = HmmResult | VolatilityResult;

/** Reads a model's output for the last bar from the core's memory. */
export interface ResultReader {
  read(): StepResult;
}
