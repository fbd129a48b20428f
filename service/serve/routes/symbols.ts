import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { list } from "../openapi/answers.ts";
import type { ServiceView } from "../service_view.ts";

/** The markets and the state of their feeds. */
export function symbolRoutes(
  { symbols, view }: {
    readonly symbols: readonly string[];
    readonly view: Pick<ServiceView, "status">;
  },
): Hono {
  return new Hono().get(
    "/api/v1/symbols",
    describeRoute({
      summary: "The markets and the state of their feeds",
      responses: { 200: list("Markets", "Symbol") },
    }),
    (context) => {
      const known = new Map(view.status.symbols.map((status) => [status.symbol, status]));
      // A market that no feed has reported on yet has only a name.
      return context.json(symbols.map((symbol) => known.get(symbol) ?? { symbol }));
    },
  );
}
