import * as z from "zod/mini";
import { ABOUT } from "./about.ts";

const probability = () => z.number().check(z.gte(0), z.lte(1));
const basisPoints = () => z.number().check(z.gte(0));

const horizonSchema = z.object({
  volatility_bp: basisPoints().register(ABOUT, {
    description: "Median of the realized volatility to come, the root of the sum of squared " +
      "one-minute log returns, basis points",
  }),
  quantiles: z.object({
    "2.5": basisPoints(),
    "10": basisPoints(),
    "25": basisPoints(),
    "50": basisPoints(),
    "75": basisPoints(),
    "90": basisPoints(),
    "97.5": basisPoints(),
  }).register(ABOUT, {
    description: "Quantiles of the same volatility, basis points, by percentage",
  }),
});

const forecastSchema = z.object({ "15": horizonSchema, "60": horizonSchema });

const againstWeekSchema = z.object({
  state: z.int(),
  name: z.string(),
  level: z.number().register(ABOUT, {
    description: "Level of the market's last week: the mean of ln(v + 0.1), v the volatility of " +
      "15 minutes in basis points. The borders against the week are above or below it",
  }),
  probabilities: z.object({
    calm: probability(),
    normal: probability(),
    turbulent: probability(),
  }),
});

const contributionsSchema = z.object({
  short: z.number(),
  hour: z.number(),
  day: z.number(),
  week: z.number(),
  season: z.number(),
  volume: z.number(),
  momentum: z.number(),
  bias: z.number(),
});

/** What a volatility model says beyond what every model says; null until it is ready. */
export const volatilityShape = {
  basis: z.exactOptional(z.nullable(z.literal(["absolute", "week"]))).register(ABOUT, {
    description: "Borders of the regimes: absolute, of a market that the model was trained on; " +
      "week, relative to the market's own last week",
    "x-models": "volatility",
  }),
  against_week: z.exactOptional(z.nullable(againstWeekSchema)).register(ABOUT, {
    description: "The regime relative to the market's last week, whatever the basis is",
    "x-models": "volatility",
  }),
  forecast: z.exactOptional(z.nullable(forecastSchema)).register(ABOUT, {
    description: "Distribution of the volatility of the next 15 and 60 minutes, by minutes",
    "x-models": "volatility",
  }),
  change_within_60_minutes: z.exactOptional(z.nullable(probability())).register(ABOUT, {
    description: "Probability that the regime is another one at some time in the next hour",
    "x-models": "volatility",
  }),
  shock_score: z.exactOptional(z.nullable(z.number().check(z.gte(0)))).register(ABOUT, {
    description: "Absolute log return of the minute, in deviations of the hours before it",
    "x-models": "volatility",
  }),
  is_shock: z.exactOptional(z.nullable(z.boolean())).register(ABOUT, {
    description: "Whether shock_score is above a threshold that follows the market, so that the " +
      "alarms a day stay as many as the artifact says",
    "x-models": "volatility",
  }),
  contributions: z.exactOptional(z.nullable(contributionsSchema)).register(ABOUT, {
    description: "Why the forecast of 15 minutes differs from its running mean (half-life 3.5 " +
      "days): each part's difference from its own mean, in natural logarithms of the volatility",
    "x-models": "volatility",
  }),
};

/** The distribution of the volatility to come, by minutes ahead. */
export type Forecast = z.infer<typeof forecastSchema>;
/** What drives a forecast; see {@linkcode volatilityShape}. */
export type Contributions = z.infer<typeof contributionsSchema>;
