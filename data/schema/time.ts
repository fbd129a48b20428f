/** Length of a minute, and so of a bar, ms. */
export const MINUTE_MS = 60_000;

/** Minutes in a day. */
export const DAY_MINUTES = 1440;

/** Length of a UTC day, ms. */
export const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** Open time of the minute that contains a time, ms UTC. */
export function minuteOf(time: number): number {
  return time - (time % MINUTE_MS);
}

/** Last millisecond of the minute that opens at a time, ms UTC: what the exchange calls its close time. */
export function closeTimeOf(openTime: number): number {
  return openTime + MINUTE_MS - 1;
}

/** Numbers from here on are microseconds: in milliseconds they would be the year 5138. */
const MICROSECONDS_FROM = 1e14;

/** The exchange opened in 2017. A time outside of this century is a mistake, ms UTC. */
const EARLIEST = Date.UTC(2017, 0);
const LATEST = Date.UTC(2117, 0);

/** Whether an exchange time is in microseconds, as in Binance's spot files from 2025 on. */
export function isMicroseconds(stamp: number): boolean {
  return stamp >= MICROSECONDS_FROM;
}

/**
 * Converts an exchange time in milliseconds or microseconds.
 *
 * @returns Milliseconds UTC, with a fraction where `stamp` has more than whole milliseconds; NaN
 *   for a time before 2017 or from 2117 on, which is what seconds and nanoseconds look like.
 */
export function toMilliseconds(stamp: number): number {
  const time = isMicroseconds(stamp) ? stamp / 1000 : stamp;
  return time >= EARLIEST && time < LATEST ? time : NaN;
}
