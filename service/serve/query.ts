import { z } from "zod";
import { toMilliseconds } from "../../data/schema/time.ts";
import { listOf, must, mustBe, parameters, parsed } from "./parameters.ts";

/** The events of the stream. */
export const STREAM_EVENTS = ["bar", "signal", "nowcast", "status"] as const;

/** The name of an event of the stream. */
export type StreamEvent = typeof STREAM_EVENTS[number];

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 10_000;

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Whether the day exists: `Date.parse` reads February 31st as a day in March. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}

/** Reads an ISO 8601 time, UTC unless it names a zone; NaN for anything else. */
function parseIso(given: string): number {
  if (!ISO_8601.test(given) || !isDay(given.slice(0, 10))) return NaN;
  // A date without a time is UTC by the standard; a time without a zone would be local.
  const local = given.includes("T") && !/(Z|[+-]\d{2}:\d{2})$/.test(given);
  return Date.parse(local ? `${given}Z` : given);
}

/**
 * Reads an epoch time in milliseconds or microseconds; NaN for anything else. 0 is "from the
 * beginning". Seconds, nanoseconds and a bare year are not times of this century in either unit.
 */
function parseEpoch(given: string): number {
  return Number(given) === 0 ? 0 : toMilliseconds(Number(given));
}

/** @param round Makes whole milliseconds of a time in microseconds, so that no other minute matches. */
const time = (round: (ms: number) => number) =>
  parsed(
    "an ISO 8601 time, epoch milliseconds or epoch microseconds (from 2017 to 2116, or 0)",
    (given) => {
      const ms = round(/^\d+$/.test(given) ? parseEpoch(given) : parseIso(given));
      return Number.isSafeInteger(ms) ? ms : undefined;
    },
    { pattern: `^$|^\\d{1,16}$|${ISO_8601.source}`, examples: ["2026-01-31T12:00:00Z"] },
  );

const wholeNumber = must(`a whole number from 1 to ${MAX_LIMIT}`);

const limit = () =>
  z.preprocess(
    (given) => typeof given === "string" && /^\d+$/.test(given) ? Number(given) : given,
    z.int(wholeNumber).min(1, wholeNumber).max(MAX_LIMIT, wholeNumber).default(DEFAULT_LIMIT),
  );

function market(served: readonly string[]) {
  const symbols = new Set(served);
  return parsed(`among the markets served here: ${served.join(", ")}`, (given) => {
    const symbol = given.trim().toUpperCase();
    return symbols.has(symbol) ? symbol : undefined;
  }, { examples: served.slice(0, 1) });
}

/**
 * The query of `/api/v1/bars` and `/api/v1/signals`.
 *
 * @param served The markets that are served.
 */
export function historyQuery(served: readonly string[]) {
  return parameters({
    symbol: market(served).exactOptional().describe("One market; default: all"),
    from: time(Math.ceil).exactOptional().describe(
      "First open time: ISO 8601, UTC unless it names a zone, or epoch milliseconds or microseconds",
    ),
    to: time(Math.floor).exactOptional().describe("Last open time, in the same form"),
    limit: limit().describe("Maximum number of records: the latest that match"),
    format: z.enum(["json", "csv"], must("json or csv")).default("json")
      .describe("JSON, or a table in which nested names are joined by _"),
  }).superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined || from <= to) return;
    const message = mustBe("not later than to", new Date(from).toISOString());
    context.issues.push({ code: "custom", input: from, path: ["from"], message });
  });
}

/**
 * The query of `/api/v1/models`.
 *
 * @param served The markets that are served.
 */
export function modelQuery(served: readonly string[]) {
  return parameters({
    symbol: market(served).exactOptional()
      .describe("The market whose live scores are given beside the pooled ones; default: all"),
  });
}

/**
 * The query of `/api/v1/stream`.
 *
 * @param served The markets that are served.
 */
export function streamQuery(served: readonly string[]) {
  const events = STREAM_EVENTS.join(", ");
  const event = parsed(
    `among ${events}`,
    (given) => STREAM_EVENTS.find((known) => known === given.trim()),
  );
  return parameters({
    symbols: listOf(market(served)).default(new Set(served))
      .describe("Markets, separated by commas; default: all"),
    events: listOf(event).default(new Set(STREAM_EVENTS))
      .describe(`Among ${events}, separated by commas; default: all`),
    since: time(Math.ceil).exactOptional().describe(
      "First open time: the stream begins with the bars and signals of minutes from then on, " +
        "history included. Default: what comes next, without history",
    ),
  });
}

/** What the stream is asked for. */
export type StreamQuery = z.infer<ReturnType<typeof streamQuery>>;
