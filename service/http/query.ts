import { Problem } from "./problem.ts";

/** Reads one query parameter; `undefined` when it is not given. */
export type ReadParameter = (name: string) => string | undefined;

/** What `/api/v1/bars` and `/api/v1/signals` can be asked for. */
export interface HistoryQuery {
  readonly symbol?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly format: "json" | "csv";
}

/** What `/api/v1/stream` can be asked for. */
export interface StreamQuery {
  readonly symbols: ReadonlySet<string>;
  readonly events: ReadonlySet<StreamEvent>;
}

/** The events of the stream. */
export const STREAM_EVENTS = ["bar", "signal", "nowcast", "status"] as const;

/** The name of an event of the stream. */
export type StreamEvent = typeof STREAM_EVENTS[number];

const DEFAULT_LIMIT = 500;
const MAX_LIMIT = 10_000;

function refuse(name: string, given: string, allowed: string): never {
  throw new Problem(
    400,
    "Invalid query",
    `${name} must be ${allowed}: current value is ${JSON.stringify(given)}`,
  );
}

function readTime(read: ReadParameter, name: string): number | undefined {
  const given = read(name);
  if (given === undefined || given === "") return undefined;
  const time = /^\d+$/.test(given) ? Number(given) : Date.parse(given);
  if (Number.isSafeInteger(time)) return time;
  return refuse(name, given, "an ISO 8601 time or epoch milliseconds");
}

function readLimit(read: ReadParameter): number {
  const given = read("limit");
  if (given === undefined || given === "") return DEFAULT_LIMIT;
  const limit = Number(given);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_LIMIT) return limit;
  return refuse("limit", given, `a whole number from 1 to ${MAX_LIMIT}`);
}

function readSymbol(name: string, given: string, served: readonly string[]): string {
  const symbol = given.trim().toUpperCase();
  if (served.includes(symbol)) return symbol;
  return refuse(name, given, `among the markets served here: ${served.join(", ")}`);
}

/**
 * Reads the query of a history request.
 *
 * @param served The markets that are served.
 * @throws Problem naming the parameter, what was given and what is allowed.
 */
export function readHistoryQuery(read: ReadParameter, served: readonly string[]): HistoryQuery {
  const symbol = read("symbol");
  const from = readTime(read, "from");
  const to = readTime(read, "to");
  const format = read("format") || "json";
  if (format !== "json" && format !== "csv") refuse("format", format, "json or csv");
  return {
    ...(symbol && { symbol: readSymbol("symbol", symbol, served) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    limit: readLimit(read),
    format,
  };
}

/**
 * Reads the query of a stream request; what is not given means all.
 *
 * @throws Problem naming the parameter, what was given and what is allowed.
 */
export function readStreamQuery(read: ReadParameter, served: readonly string[]): StreamQuery {
  const symbols = (read("symbols") || served.join(",")).split(",");
  const events = (read("events") || STREAM_EVENTS.join(",")).split(",").map((given) =>
    STREAM_EVENTS.find((event) => event === given.trim()) ??
      refuse("events", given, `among ${STREAM_EVENTS.join(", ")}`)
  );
  return {
    symbols: new Set(symbols.map((given) => readSymbol("symbols", given, served))),
    events: new Set(events),
  };
}
