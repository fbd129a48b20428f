import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { toCsv } from "../../../data/files/csv.ts";
import { BAR_COLUMNS, signalColumns } from "../../../data/schema/columns.ts";
import { list } from "../openapi/answers.ts";
import { validQuery } from "../parameters.ts";
import { historyQuery } from "../query.ts";
import type { ServiceView } from "../service_view.ts";

/** The kinds of record that have a history. */
const HISTORIES = [
  {
    kind: "signal",
    path: "/api/v1/signals",
    summary: "Signals of the past, oldest first",
    answer: list("Signals", "Signal", { csv: true }),
    columns: ({ models }: Pick<ServiceView, "models">) => signalColumns(models),
  },
  {
    kind: "bar",
    path: "/api/v1/bars",
    summary: "Bars of the past, oldest first",
    answer: list("Bars", "Bar", { csv: true }),
    columns: () => BAR_COLUMNS,
  },
] as const;

/** Bars and signals of the past, as JSON or as a CSV table. */
export function historyRoutes(
  { symbols, view }: {
    readonly symbols: readonly string[];
    readonly view: Pick<ServiceView, "store" | "models">;
  },
): Hono {
  const routes = new Hono();
  const query = historyQuery(symbols);
  for (const { kind, path, summary, answer, columns } of HISTORIES) {
    const description = describeRoute({ summary, responses: { 200: answer } });
    routes.get(path, description, validQuery(query), (context) => {
      const { format, ...wanted } = context.req.valid("query");
      const records = view.store?.query({ kind, ...wanted }) ?? [];
      context.header("cache-control", "no-store");
      // The store gives JSON.
      return format === "json"
        ? context.body(`[${records.join(",\n")}]`, 200, { "content-type": "application/json" })
        : context.body(
          toCsv(records.map((json): unknown => JSON.parse(json)), columns(view)),
          200,
          {
            "content-type": "text/csv; charset=utf-8",
          },
        );
    });
  }
  return routes;
}
