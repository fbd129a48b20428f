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
