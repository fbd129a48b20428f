import { Hono } from "hono";
import { describeRoute } from "hono-openapi";
import { csvLine } from "../../../data/files/csv.ts";
import { BAR_COLUMNS, signalColumns } from "../../../data/schema/columns.ts";
import type { HistoryGate } from "../history_gate.ts";
import { list, problem } from "../openapi/answers.ts";
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

/** Whether a client takes gzip, by its header Accept-Encoding (RFC 9110, 12.5.3). */
function acceptsGzip(header: string | undefined): boolean {
  const weights = new Map(
    (header ?? "").toLowerCase().split(",").map((item): [string, number] => {
      const [name = "", ...parameters] = item.split(";").map((part) => part.trim());
      const weight = parameters.find((part) => part.startsWith("q="))?.slice(2);
      return [name, Number(weight ?? 1)];
    }),
  );
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/** An answer while no source has started: there is nothing of the past yet. */
function empty(columns: readonly string[] | undefined): string {
  return columns === undefined ? "[]" : `${csvLine(columns)}\n`;
}

/** Bars and signals of the past, as JSON or as a CSV table, as fast as the client reads. */
export function historyRoutes(
  { symbols, view, gate }: {
    readonly symbols: readonly string[];
    readonly view: Pick<ServiceView, "store" | "models">;
    readonly gate: HistoryGate;
  },
): Hono {
  const routes = new Hono();
  const query = historyQuery(symbols);
  for (const { kind, path, summary, answer, columns } of HISTORIES) {
    const description = describeRoute({
      summary,
      responses: { 200: answer, 503: problem("Too many answers are under way; try again") },
    });
    routes.get(path, description, validQuery(query), async (context) => {
      const { format, ...wanted } = context.req.valid("query");
      const table = format === "csv" ? columns(view) : undefined;
      const { store } = view;
      const gzip = store !== undefined && acceptsGzip(context.req.header("accept-encoding"));
      const body = store === undefined
        ? empty(table)
        : await gate.open(() =>
          store.history({ kind, ...wanted, gzip, ...(table && { columns: table }) })
        );
      return context.body(body, 200, {
        "content-type": table === undefined ? "application/json" : "text/csv; charset=utf-8",
        // It must not be compressed once more, on the loop that serves events.
        "cache-control": "no-store, no-transform",
        "vary": "accept-encoding",
        ...(gzip && { "content-encoding": "gzip" }),
      });
    });
  }
  return routes;
}
