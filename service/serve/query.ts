import { excerpt } from "../../data/files/lines.ts";
import { Problem } from "./problem.ts";

/** Query parameters as they were given. */
export type Parameters = Readonly<Record<string, string>>;

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
    `${name} must be ${allowed}: current value is ${excerpt(given)}`,
  );
}

/**
 * Query parameters, each given once.
 *
 * @throws Problem for one that is given several times.
 */
export function single(given: Readonly<Record<string, readonly string[]>>): Parameters {
  return Object.fromEntries(
    Object.entries(given).map(([name, values]) => {
      if (values.length > 1) refuse(name, values.join(" and "), "given once");
      return [name, values[0] ?? ""];
    }),
  );
}

/** A misspelt parameter would give another answer than was asked for. */
function checkNames(parameters: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(parameters).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new Problem(
    400,
    "Invalid query",
    `there is no parameter ${excerpt(unknown)}; there are ${known.join(", ")}`,
  );
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
/** Smaller numbers are seconds, or a year, and not what was meant: 1973 in milliseconds. */
const LEAST_MS = 1e11;

function readTime(parameters: Parameters, name: string): number | undefined {
  const given = parameters[name];
  if (!given) return undefined;
  const time = /^\d+$/.test(given)
    ? Number(given)
    : ISO_8601.test(given) && isDay(given)
    ? Date.parse(/T.*(Z|[+-]\d{2}:\d{2})$/.test(given) ? given : utc(given))
    : NaN;
  if (Number.isSafeInteger(time) && (time === 0 || time >= LEAST_MS)) return time;
  return refuse(name, given, "an ISO 8601 time or epoch milliseconds");
}

/** Date.parse takes February 31st for a day in March. */
function isDay(given: string): boolean {
  const day = given.slice(0, 10);
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(day);
}

/** Without a zone, a time is meant as UTC; a date is so by the standard. */
function utc(given: string): string {
  return given.includes("T") ? `${given}Z` : given;
}

function readLimit({ limit: given }: Parameters): number {
  if (!given) return DEFAULT_LIMIT;
  const limit = /^\d+$/.test(given) ? Number(given) : NaN;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
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
export function readHistoryQuery(
  parameters: Parameters,
  served: readonly string[],
): HistoryQuery {
  checkNames(parameters, ["symbol", "from", "to", "limit", "format"]);
  const { symbol } = parameters;
  const from = readTime(parameters, "from");
  const to = readTime(parameters, "to");
  if (from !== undefined && to !== undefined && from > to) {
    refuse("from", parameters.from ?? "", "not later than to");
  }
  const format = parameters.format || "json";
  if (format !== "json" && format !== "csv") refuse("format", format, "json or csv");
  return {
    ...(symbol && { symbol: readSymbol("symbol", symbol, served) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    limit: readLimit(parameters),
    format,
  };
}

/**
 * Reads the query of a stream request; what is not given means all.
 *
 * @throws Problem naming the parameter, what was given and what is allowed.
 */
export function readStreamQuery(parameters: Parameters, served: readonly string[]): StreamQuery {
  checkNames(parameters, ["symbols", "events"]);
  const symbols = (parameters.symbols || served.join(",")).split(",");
  const events = (parameters.events || STREAM_EVENTS.join(",")).split(",").map((given) =>
    STREAM_EVENTS.find((event) => event === given.trim()) ??
      refuse("events", given, `among ${STREAM_EVENTS.join(", ")}`)
  );
  return {
    symbols: new Set(symbols.map((given) => readSymbol("symbols", given, served))),
    events: new Set(events),
  };
}
