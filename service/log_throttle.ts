import type { Log, LogFields } from "./log.ts";

/** A failure that goes on is told of so often, ms. */
const INTERVAL_MS = 60_000;
/** Failures that are remembered at once. */
const REMEMBERED = 100;

/** A failure that was told of. */
interface Told {
  readonly at: number;
  /** Entries left out since. */
  leftOut: number;
}

/**
 * A log for tasks of all symbols that fail for the same reason at once: warnings that say `why` are
 * told once a minute for each message and reason, then with the number of those left out, which go
 * out as debug entries. Whatever else is logged passes.
 *
 * @param uptime Time that only passes, ms.
 */
export function throttleFailures(log: Log, uptime: () => number): Log {
  const told = new Map<string, Told>();
  const warning = (message: string, fields: LogFields = {}) => {
    if (fields.why === undefined) return log.warning(message, fields);
    const key = `${message}: ${fields.why}`;
    const before = told.get(key);
    const now = uptime();
    if (before !== undefined && now - before.at < INTERVAL_MS) {
      before.leftOut++;
      return log.debug(message, fields);
    }
    // Anew, so that the map begins with what was told longest ago.
    told.delete(key);
    told.set(key, { at: now, leftOut: 0 });
    const [oldest] = told.keys();
    if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
    const leftOut = before?.leftOut ?? 0;
    log.warning(message, leftOut === 0 ? fields : { ...fields, left_out: leftOut });
  };
  return { ...log, warning };
}
