import { nestedName } from "../schema/columns.ts";

type Cell = string | number | boolean | null;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCell(value: unknown): value is Cell {
  return value === null || ["string", "number", "boolean"].includes(typeof value);
}

/**
 * Flattens a record: nested names are joined by `_`, as those of columns are.
 *
 * @throws TypeError for a value that has no place in a table, such as a list.
 */
export function flatten(record: unknown): [name: string, value: Cell][] {
  if (!isRecord(record)) throw new TypeError(`Cannot flatten ${record} as it must be a record`);
  const cells: [string, Cell][] = [];
  const collect = (nested: Readonly<Record<string, unknown>>, outer: string) => {
    for (const key in nested) {
      const value = nested[key];
      const name = nestedName(outer, key);
      if (isRecord(value)) collect(value, name);
      else if (isCell(value)) cells.push([name, value]);
      else throw new TypeError(`Cannot put ${name} into a table as it must be a plain value`);
    }
  };
  collect(record, "");
  return cells;
}

function quote(cell: Cell | undefined): string {
  if (typeof cell !== "string") return String(cell ?? "");
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** One line of CSV (RFC 4180), without its line end. */
export function csvLine(cells: readonly (Cell | undefined)[]): string {
  return cells.map(quote).join(",");
}

/**
 * Records as CSV with a header line. A record without a column leaves its cell empty.
 *
 * @param first Columns that are there in any case, in this order; further names that have a value
 *   follow in order of their first appearance. A name that is only ever null may stand for a group
 *   of columns, and has none.
 */
export function toCsv(records: readonly unknown[], first: readonly string[] = []): string {
  const rows = records.map((record) => new Map(flatten(record)));
  const names = rows.flatMap((row) =>
    [...row].flatMap(([name, cell]) => cell === null ? [] : name)
  );
  const columns = [...new Set([...first, ...names])];
  const lines = rows.map((row) => csvLine(columns.map((column) => row.get(column))));
  return [csvLine(columns), ...lines].join("\n") + "\n";
}
