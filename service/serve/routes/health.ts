import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import type { Status, SymbolStatus } from "../../../data/schema/status.ts";
import { json } from "../openapi/answers.ts";
import type { ServiceView } from "../service_view.ts";

/** Most markets of a kind that a readiness answer names. */
const MAX_NAMED = 10;

/** Health for people, readiness for load balancers. */
export function healthRoutes(
  { view, clients }: {
    readonly view: Pick<ServiceView, "status">;
    /** Clients of the stream. */
    readonly clients: { readonly size: number };
  },
): Hono {
  return new Hono().get(
    "/healthz",
    describeRoute({
      summary: "State of the service",
      responses: { 200: json("The state in full", "Health") },
    }),
    (context) => {
      const { status } = view;
      const affected = status.symbols.filter(({ problem }) => problem !== null)
        .map(({ symbol }) => symbol);
      return context.json({
        status: healthOf(status, affected.length),
        affected,
        ...status,
        subscribers: clients.size,
      });
    },
  ).get(
    "/readyz",
    describeRoute({
      summary: "Whether the service is live, every market that trades has its bars, and the " +
        "journal is written",
      responses: {
        200: json("Ready", "Readiness"),
        503: json("Not ready", "Readiness"),
      },
    }),
    (context) => {
      const { connection, message, symbols, storage } = view.status;
      const problems = symbols.flatMap(({ symbol, problem }) =>
        problem === null ? [] : [[symbol, problem]]
      );
      const awaited = symbols.flatMap((status) => {
        const what = awaitedOf(status);
        return what === undefined ? [] : [[status.symbol, what]];
      });
      const isWell = problems.length + awaited.length === 0 && storage === null;
      const ready = connection === "live" && isWell;
      const named = (of: readonly string[][]) => Object.fromEntries(of.slice(0, MAX_NAMED));
      return context.json(
        {
          ...{ ready, connection, message, storage },
          ...{ problems: named(problems), awaited: named(awaited) },
        },
        ready ? 200 : 503,
      );
    },
  );
}

function healthOf(
  { connection, symbols, storage }: Status,
  affected: number,
): "ok" | "degraded" | "down" {
  if (affected > 0 && affected === symbols.length) return "down";
  return connection === "live" && affected === 0 && storage === null ? "ok" : "degraded";
}

/** What a market without a problem still lacks. One that does not trade lacks nothing. */
function awaitedOf({ last_bar, market, loading, problem }: SymbolStatus): string | undefined {
  if (problem !== null) return undefined;
  if (loading !== null) return `history: ${loading.have} of ${loading.need} minutes`;
  return last_bar === null && (market === null || market === "trading")
    ? "its first bar"
    : undefined;
}
