import type { Row } from "../../data/sql/history.ts";
import type { Table } from "../../models/report/tables.ts";

function formatValue(value: Row[string]): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().slice(0, 16).replace("T", " ");
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e6 ? String(Number(value.toPrecision(5))) : value.toPrecision(3);
}

/** The result of a query as a table, one column per name. */
export function tableOf(title: string, rows: readonly Row[]): Table {
  const head = Object.keys(rows[0] ?? {});
  return {
    title,
    head,
    rows: rows.map((row) => head.map((name) => formatValue(row[name] ?? null))),
  };
}
