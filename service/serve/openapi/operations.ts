import { STREAM_EVENTS } from "../query.ts";
import type { SchemaName } from "./schemas.ts";

/** A query parameter or header. */
export interface ParameterDescription {
  readonly name: string;
  readonly in: "query" | "header" | "path";
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

/** What an answer is: a shape, a list of it, or text of a media type. */
export interface AnswerDescription {
  readonly description: string;
  readonly json?: SchemaName;
  readonly list?: boolean;
  readonly text?: readonly string[];
}

/** One request that the service answers. */
export interface Operation {
  readonly method: "get" | "post";
  readonly path: string;
  readonly summary: string;
  readonly parameters?: readonly ParameterDescription[];
  readonly answers: Readonly<Record<number, AnswerDescription>>;
  /** Whether it needs the administrator's token. */
  readonly bearer?: boolean;
}

const query = (
  name: string,
  description: string,
  schema: Readonly<Record<string, unknown>> = { type: "string" },
): ParameterDescription => ({ name, in: "query", description, schema });

const REFUSED = { description: "The query cannot be served", json: "Problem" } as const;

const HISTORY = [
  query("symbol", "One market; all unless given"),
  query("from", "First open time: ISO 8601, UTC unless it says otherwise, or epoch milliseconds"),
  query("to", "Last open time, likewise"),
  query("limit", "The most records: the latest of those that fit", {
    type: "integer",
    minimum: 1,
    maximum: 10_000,
    default: 500,
  }),
  query("format", "JSON, or a table with nested names joined by _", {
    type: "string",
    enum: ["json", "csv"],
    default: "json",
  }),
];

/** Everything that the service can be asked for. */
export const OPERATIONS: readonly Operation[] = [
  {
    method: "get",
    path: "/api/v1/stream",
    summary: "Live events, as they happen",
    parameters: [
      query("symbols", "Markets, separated by commas; all unless given"),
      query("events", `Of ${STREAM_EVENTS.join(", ")}, separated by commas; all unless given`),
      {
        name: "Last-Event-ID",
        in: "header",
        description: "Id of a bar or a signal; the stream goes on after it without loss",
        schema: { type: "string" },
      },
    ],
    answers: {
      200: {
        description:
          "Server-sent events: `bar` (Bar), `signal` and `nowcast` (Signal), `status` (Status)",
        text: ["text/event-stream"],
      },
      400: REFUSED,
    },
  },
  {
    method: "get",
    path: "/api/v1/signals",
    summary: "Signals of the past, oldest first",
    parameters: HISTORY,
    answers: {
      200: { description: "Signals", json: "Signal", list: true, text: ["text/csv"] },
      400: REFUSED,
    },
  },
  {
    method: "get",
    path: "/api/v1/bars",
    summary: "Bars of the past, oldest first",
    parameters: HISTORY,
    answers: {
      200: { description: "Bars", json: "Bar", list: true, text: ["text/csv"] },
      400: REFUSED,
    },
  },
  {
    method: "get",
    path: "/api/v1/symbols",
    summary: "The markets, and what is known of their feeds",
    answers: { 200: { description: "Markets", json: "Symbol", list: true } },
  },
  {
    method: "get",
    path: "/api/v1/models",
    summary: "The live models: parameters, labels, scorecard, fingerprint",
    answers: { 200: { description: "Models, the primary first", json: "Model", list: true } },
  },
  {
    method: "post",
    path: "/api/v1/models/reload",
    summary: "Reads the model files anew and goes over to what they hold",
    bearer: true,
    answers: {
      200: { description: "The new models are live", json: "Reload" },
      401: { description: "The token is missing or wrong", json: "Problem" },
      403: { description: "The service has no ADMIN_TOKEN", json: "Problem" },
      422: { description: "The files cannot be used; the models before stay", json: "Problem" },
    },
  },
  {
    method: "get",
    path: "/healthz",
    summary: "How the service is",
    answers: { 200: { description: "Its state in full", json: "Health" } },
  },
  {
    method: "get",
    path: "/readyz",
    summary: "Whether it is live and no market is held up",
    answers: {
      200: { description: "It is", json: "Readiness" },
      503: { description: "It is not", json: "Readiness" },
    },
  },
  {
    method: "get",
    path: "/metrics",
    summary: "Counters and gauges in Prometheus's text format",
    answers: { 200: { description: "Metrics", text: ["text/plain"] } },
  },
];
