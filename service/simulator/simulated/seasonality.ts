import { DAY_MINUTES } from "../../../data/schema/time.ts";

/** Minutes of a week; the first is Monday 00:00 UTC. */
export const WEEK_MINUTES = 7 * 24 * 60;

/**
 * Mean logarithm of a minute's volume by hour of the day (UTC), less its overall mean: the three
 * sessions of Asia, Europe and America. Measured on 609,000 one-minute bars of BTCUSDT spot,
 * 2022-06 to 2025-08.
 */
const WEEKDAY_VOLUME = [
  0.17,
  0.09,
  0.01,
  -0.11,
  -0.21,
  -0.15,
  -0.05,
  0.16,
  0.16,
  0.16,
  0.08,
  0.10,
  0.37,
  0.65,
  0.95,
  0.86,
  0.64,
  0.48,
  0.36,
  0.38,
  0.24,
  -0.09,
  -0.12,
  -0.18,
];
const WEEKEND_VOLUME = [
  -0.41,
  -0.51,
  -0.63,
  -0.69,
  -0.80,
  -0.81,
  -0.72,
  -0.63,
  -0.55,
  -0.51,
  -0.53,
  -0.54,
  -0.41,
  -0.27,
  -0.21,
  -0.18,
  -0.18,
  -0.40,
  -0.55,
  -0.56,
  -0.58,
  -0.64,
  -0.42,
  -0.43,
];

/**
 * Mean logarithm of an hour's realized volatility by hour of the day (UTC), less its overall mean.
 * Measured on the same bars.
 */
const WEEKDAY_VOLATILITY = [
  0.21,
  0.18,
  0.04,
  -0.11,
  -0.20,
  -0.17,
  -0.13,
  -0.05,
  0.01,
  -0.02,
  -0.07,
  -0.06,
  0.21,
  0.47,
  0.63,
  0.55,
  0.43,
  0.37,
  0.32,
  0.32,
  0.28,
  0.19,
  0.10,
  -0.02,
];
const WEEKEND_VOLATILITY = [
  -0.20,
  -0.28,
  -0.38,
  -0.48,
  -0.59,
  -0.64,
  -0.59,
  -0.61,
  -0.50,
  -0.46,
  -0.50,
  -0.47,
  -0.40,
  -0.27,
  -0.20,
  -0.15,
  -0.18,
  -0.22,
  -0.29,
  -0.32,
  -0.28,
  -0.18,
  -0.10,
  -0.18,
];

/**
 * Sessions move with summer time and from year to year, so an average over three years is flatter
 * than any one week.
 */
const VOLATILITY_SWING = 1.27;

/** Rise of log volume in the first minutes of an hour, which fades within a quarter of it. */
const HOUR_START = 0.3;
const HOUR_START_FADE_MINUTES = 4;

/** The effects of the minute of the week. */
export interface Seasonality {
  /** Factor on the number of trades. */
  readonly activity: Float64Array;
  /** Factor on the volatility. */
  readonly volatility: Float64Array;
}

/** Hourly values stand for the middle of their hour; between them the curve is straight. */
function hourly(values: readonly number[], minuteOfDay: number): number {
  const position = minuteOfDay / 60 - 0.5 + 24;
  const hour = Math.floor(position);
  const weight = position - hour;
  const before = values[hour % 24] ?? 0;
  const after = values[(hour + 1) % 24] ?? 0;
  return before * (1 - weight) + after * weight;
}

function makeSeasonality(): Seasonality {
  const activity = new Float64Array(WEEK_MINUTES);
  const volatility = new Float64Array(WEEK_MINUTES);
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    const weekend = minute >= 5 * DAY_MINUTES;
    const ofDay = minute % DAY_MINUTES;
    const start = HOUR_START * Math.exp(-(minute % 60) / HOUR_START_FADE_MINUTES);
    activity[minute] = Math.exp(hourly(weekend ? WEEKEND_VOLUME : WEEKDAY_VOLUME, ofDay) + start);
    volatility[minute] = Math.exp(
      VOLATILITY_SWING * hourly(weekend ? WEEKEND_VOLATILITY : WEEKDAY_VOLATILITY, ofDay) +
        start / 3,
    );
  }
  return { activity, volatility };
}

/** The week's pattern, the same for every market. */
export const SEASONALITY = makeSeasonality();

/** Minute of the week of a minute counted from 1970-01-01, which was a Thursday. */
export function minuteOfWeek(minute: number): number {
  return (minute + 3 * 1440) % WEEK_MINUTES;
}
