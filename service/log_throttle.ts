import type { Log, LogFields } from "./log.ts";

/** A lasting failure is logged once in this time, ms. */
const INTERVAL_MS = 60_000;
/** Most failures that are remembered at once. */
const REMEMBERED = 100;

/** A failure that was logged. */
interface Failure {
  readonly loggedAt: number;
  /** Entries suppressed since. */
  suppressed: number;
}

/**
 * Wraps a log for tasks of all symbols that fail for the same reason at once. Warnings with a `why`
 * are logged once a minute for each message and reason, with the number of entries `suppressed`
 * since; those become debug entries. Other entries pass through.
 *
 * @param monotonic Monotonic clock, ms.
 */
export function throttleFailures(log: Log, monotonic: () => number): Log {
  const failures = new Map<string, Failure>();
  const warning = (message: string, fields: LogFields = {}) => {
    if (fields.why === undefined) return log.warning(message, fields);
    const key = `${message}: ${fields.why}`;
    const before = failures.get(key);
    const now = monotonic();
    if (before !== undefined && now - before.loggedAt < INTERVAL_MS) {
      before.suppressed++;
      return log.debug(message, fields);
    }
    // Deleted first, so that the map starts with the failure that was logged longest ago.
    failures.delete(key);
    failures.set(key, { loggedAt: now, suppressed: 0 });
    const [oldest] = failures.keys();
    if (failures.size > REMEMBERED && oldest !== undefined) failures.delete(oldest);
    const suppressed = before?.suppressed ?? 0;
    log.warning(message, suppressed === 0 ? fields : { ...fields, suppressed });
  };
  return { ...log, warning };
}
