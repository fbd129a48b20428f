import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";

/** The first minute of every simulated market, counted from 1970-01-01: 2025-01-01 00:00 UTC. */
export const EPOCH_MINUTE = Date.UTC(2025, 0, 1) / MINUTE_MS;

/** Minutes of the first season: the year that documents and evaluations use. */
const FIRST_MINUTES = 364 * DAY_MINUTES;

/** Minutes of each later season. */
const SEASON_MINUTES = 7 * DAY_MINUTES;

/** At the end of a season the price is led back to its base over so many minutes. */
const RETURN_MINUTES = DAY_MINUTES;

/** Ids of a season, more than any has trades. */
const SEASON_IDS = 2 ** 36;

/** The log price returns to its base with this half-life: 30 days. Rate a minute. */
const REVERSION = Math.LN2 / (30 * DAY_MINUTES);

/**
 * A simulated market lives in seasons: one of a year, then one every week. Each begins as the
 * market did: at its base price, in the first regime. So the present is a week of minutes away and
 * not years of them, which is what a start with hundreds of markets can afford. The price is
 * led back to its base before a season ends, so that it does not jump; the ids of trades do jump,
 * as their number in the season is not known beforehand.
 */
export interface Season {
  /** From 0. */
  readonly index: number;
  /** First minute, counted from 1970-01-01. */
  readonly from: number;
  /** End, exclusive. */
  readonly to: number;
  /** Id of the first trade, aggregate and raw. */
  readonly firstId: number;
}

/** The season of an index, at least 0. */
export function seasonAt(index: number): Season {
  const from = EPOCH_MINUTE + (index === 0 ? 0 : FIRST_MINUTES + (index - 1) * SEASON_MINUTES);
  const to = from + (index === 0 ? FIRST_MINUTES : SEASON_MINUTES);
  return { index, from, to, firstId: index * SEASON_IDS };
}

/** The season of a minute, not before {@linkcode EPOCH_MINUTE}, counted from 1970-01-01. */
export function seasonOf(minute: number): Season {
  const later = Math.floor((minute - EPOCH_MINUTE - FIRST_MINUTES) / SEASON_MINUTES);
  return seasonAt(later < 0 ? 0 : later + 1);
}

/** The season in whose range an id is. */
export function seasonOfId(id: number): Season {
  return seasonAt(Math.floor(id / SEASON_IDS));
}

/**
 * Share of its distance from the base that the log price loses in a minute, counted from
 * 1970-01-01: little, but all that is left by the end of a season.
 */
export function reversionAt(minute: number): number {
  const intoYear = minute - EPOCH_MINUTE;
  const left = intoYear < FIRST_MINUTES
    ? FIRST_MINUTES - intoYear
    : SEASON_MINUTES - (intoYear - FIRST_MINUTES) % SEASON_MINUTES;
  return left > RETURN_MINUTES ? REVERSION : 1 / left;
}
