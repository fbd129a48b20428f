import { z } from "zod";

/** Measures of a volatility model; parts that were not measured are absent. */
export const forecastScorecardSchema = z.strictObject({});
