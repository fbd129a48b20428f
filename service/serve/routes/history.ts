import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { toCsv } from "../../../data/files/csv.ts";
import { BAR_COLUMNS } from "../../../data/schema/columns.ts";
import type { RecordKind } from "../../bus/event_log.ts";
import { list } from "../openapi/answers.ts";
import { validQuery } from "../parameters.ts";
import { historyQuery } from "../query.ts";
import type { ServiceView } from "../service_view.ts";
import { signalColumns } from "../signal_columns.ts";

/** Bars and signals of the past, as JSON or as a CSV table. */
export function historyRoutes(
  { symbols, view }: {
    readonly symbols: readonly string[];
    readonly view: Pick<ServiceView, "store" | "models">;
  },
): Hono {
  const routes = new Hono();
  const query = historyQuery(symbols);

  function serve(
    path: string,
    kind: RecordKind,
    columns: () => readonly string[],
    { summary, records, schema }: {
      readonly summary: string;
      readonly records: string;
      readonly schema: "Bar" | "Signal";
    },
  ): void {
    routes.get(
      path,
      describeRoute({ summary, responses: { 200: list(records, schema, { csv: true }) } }),
      validQuery(query),
      (context) => {
        const { format, ...wanted } = context.req.valid("query");
        // Records are kept as JSON.
        const records = view.store?.query({ kind, ...wanted }) ?? [];
        context.header("cache-control", "no-store");
        if (format === "json") {
          return context.body(`[${records.join(",\n")}]`, 200, {
            "content-type": "application/json",
          });
        }
        const rows = records.map((record): unknown => JSON.parse(record));
        return context.body(toCsv(rows, columns()), 200, {
          "content-type": "text/csv; charset=utf-8",
        });
      },
    );
  }

  serve("/api/v1/signals", "signal", () => signalColumns(view.models), {
    summary: "Signals of the past, oldest first",
    records: "Signals",
    schema: "Signal",
  });
  serve("/api/v1/bars", "bar", () => BAR_COLUMNS.map(({ name }) => name), {
    summary: "Bars of the past, oldest first",
    records: "Bars",
    schema: "Bar",
  });
  return routes;
}
