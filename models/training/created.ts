import process from "node:process";
import { UsageError } from "../../data/common/arguments.ts";

/** Last second that an ISO date of four-digit years can tell. */
const LAST_SECOND = 253_402_300_799;

/**
 * When a model is said to be made: SOURCE_DATE_EPOCH, seconds since 1970, where it is set
 * (reproducible-builds.org), so that the same training gives the same file; else now.
 *
 * @throws UsageError when SOURCE_DATE_EPOCH is no whole number of seconds.
 */
export function readCreated(): Date {
  const text = process.env["SOURCE_DATE_EPOCH"]?.trim();
  if (!text) return new Date();
  const seconds = Number(text);
  if (/^\d+$/.test(text) && seconds <= LAST_SECOND) return new Date(seconds * 1000);
  throw new UsageError(
    `SOURCE_DATE_EPOCH must be a whole number of seconds from 0 to ${LAST_SECOND}: ` +
      `current value is "${text}"`,
  );
}
