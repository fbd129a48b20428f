/** Delay after the first failure, ms. Each further one doubles it. */
const FIRST_MS = 1_000;
/** Longest delay that the page chooses by itself, ms. */
const LONGEST_MS = 16_000;
/** Longest delay that a service can ask for, ms: its answer may be wrong. */
const LONGEST_ASKED_MS = 600_000;

/**
 * Delay before the next attempt, ms. Up to a quarter is added at random, so that many browsers do
 * not come back at the same moment.
 *
 * @param failures Number of failures in a row, from 1.
 * @param asked Delay that the service asked for, ms; it is never undercut.
 */
export function retryDelay(failures: number, asked = 0): number {
  const delay = Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1));
  return Math.max(asked, delay) + Math.random() * delay / 4;
}

/** The delay that an answer asks for by `Retry-After`, in seconds or as a date, ms; 0 without one. */
export function retryAfter({ headers }: Pick<Response, "headers">): number {
  const value = headers.get("retry-after")?.trim() ?? "";
  const delay = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return delay > 0 ? Math.min(LONGEST_ASKED_MS, delay) : 0;
}
