import { LONG_RUN, REGIMES } from "./regimes.ts";

/** A component of the log volatility that reverts to 0: a first-order autoregression by minute. */
export interface Gust {
  /** Half-life, minutes. */
  readonly halfLife: number;
  /** Standard deviation. */
  readonly deviation: number;
}

/** A slow oscillation of the log volatility. */
export interface Swing {
  /** Days. */
  readonly period: number;
  /** Root mean square. */
  readonly deviation: number;
}

/** The slow gust and the fast one. */
const GUSTS: readonly [Gust, Gust] = [
  { halfLife: 16, deviation: 0.36 },
  { halfLife: 2.4, deviation: 0.39 },
];

const SWINGS: readonly Swing[] = [
  { period: 10, deviation: 0.2 },
  { period: 17, deviation: 0.15 },
  { period: 29, deviation: 0.19 },
];

/**
 * What drives volatility and activity besides the regime and the time of the week. The figures are
 * chosen so that autocorrelations and tails of returns are those of BTCUSDT, 2022-06 to 2025-08,
 * see `test/service/simulator/calibration.test.ts`.
 */
export const DYNAMICS = {
  gusts: GUSTS,
  swings: SWINGS,
  /** News: in a minute with this probability, the fast gust rises by so much. */
  newsProbability: 0.002,
  newsKick: 1.2,
  /** How the log of the number of trades follows the log of the volatility. */
  activityByVolatility: 0.9,
  /** Standard deviation of a minute's own shock to the log of the number of trades. */
  activityShock: 0.7,
  /** Raw trades to one aggregate trade, less the one. */
  extraTrades: 2.2,
} as const;

/** Share of a gust that is left after a minute. */
export function keptOf({ halfLife }: Gust): number {
  return 2 ** (-1 / halfLife);
}

/** Minutes after which nothing is left of news. */
const NEWS_MEMORY = 100;

/** Mean of the exponential of the gusts, times a number. */
function meanExponential(power: number): number {
  const { newsProbability, newsKick } = DYNAMICS;
  const variance = GUSTS.reduce((sum, { deviation }) => sum + deviation ** 2, 0);
  let mean = Math.exp(power ** 2 * variance / 2);
  for (let age = 0; age < NEWS_MEMORY; age++) {
    const kick = newsKick * keptOf(GUSTS[1]) ** age;
    mean *= 1 + newsProbability * (Math.exp(power * kick) - 1);
  }
  return mean;
}

/** Mean over regimes and gusts of the squared volatility over the squared scale. */
export const MEAN_SQUARE = meanExponential(2) *
  REGIMES.reduce((sum, { volatility }, k) => sum + (LONG_RUN[k] ?? NaN) * volatility ** 2, 0);

/** Mean over gusts and shocks of the factor that they are on the number of trades. */
export const MEAN_ACTIVITY = meanExponential(DYNAMICS.activityByVolatility) *
  Math.exp(DYNAMICS.activityShock ** 2 / 2);
