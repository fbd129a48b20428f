import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { json } from "../openapi/answers.ts";
import type { ServiceView } from "../service_view.ts";

/** Maximum number of markets whose problems a readiness answer names. */
const MAX_PROBLEMS = 10;

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
      const heldUp = status.symbols.some(({ problem }) => problem !== null);
      const healthy = status.connection === "live" && !heldUp && status.storage === null;
      return context.json({
        status: healthy ? "ok" : "degraded",
        ...status,
        subscribers: clients.size,
      });
    },
  ).get(
    "/readyz",
    describeRoute({
      summary: "Whether the service is live, every market has bars and the journal is written",
      responses: {
        200: json("Ready", "Readiness"),
        503: json("Not ready", "Readiness"),
      },
    }),
    (context) => {
      const { connection, message, symbols, storage } = view.status;
      const waiting = symbols.filter(({ last_bar, problem }) =>
        last_bar === null || problem !== null
      );
      const ready = connection === "live" && waiting.length === 0 && storage === null;
      const problems = Object.fromEntries(
        waiting.slice(0, MAX_PROBLEMS)
          .map(({ symbol, problem }) => [symbol, problem ?? "it has no bar yet"]),
      );
      return context.json({ ready, connection, message, storage, problems }, ready ? 200 : 503);
    },
  );
}
