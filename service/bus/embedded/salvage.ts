import type { DatabaseSync } from "node:sqlite";
import type { SqlRow } from "./journal_row.ts";
import { isDamage } from "./storage_error.ts";

/** Rows that are read in one go; where that fails, they are read one by one. */
const PAGE = 1000;

/** The tables that are read by the number of the row. */
const TABLES = {
  events: "id",
  checkpoints: "rowid",
} as const;

/** Number of the last row of a table, from what can be read of the file. */
export function lastNumber(database: DatabaseSync, table: keyof typeof TABLES): number {
  const key = TABLES[table];
  const questions = [
    `SELECT max(${key}) AS last FROM ${table}`,
    `SELECT seq AS last FROM sqlite_sequence WHERE name = '${table}'`,
    // Another tree of the file: its pages may be whole where the table's are not.
    `SELECT max(rowid) AS last FROM ${table} INDEXED BY sqlite_autoindex_${table}_1`,
  ];
  const answers = questions.map((question) => {
    try {
      const last = database.prepare(question).get()?.["last"];
      return typeof last === "number" ? last : 0;
    } catch (error) {
      if (isDamage(error) || String(error).includes("no such table")) return 0;
      throw error;
    }
  });
  return Math.max(...answers);
}

/**
 * Reads the rows of a table that can be read, in the order of their numbers, from pages that may be
 * damaged.
 *
 * @param after Number of the row behind which to begin.
 */
export function* readableRows(
  database: DatabaseSync,
  table: keyof typeof TABLES,
  after = 0,
): Iterable<SqlRow> {
  const key = TABLES[table];
  const columns = `${key} AS number, *`;
  const page = database.prepare(
    `SELECT ${columns} FROM ${table} WHERE ${key} > ? AND ${key} <= ? ORDER BY ${key}`,
  );
  const one = database.prepare(`SELECT ${columns} FROM ${table} WHERE ${key} = ?`);
  const last = lastNumber(database, table);
  for (let from = after; from < last; from += PAGE) {
    const rows = unlessDamaged(() => page.all(from, from + PAGE));
    if (rows !== undefined) {
      yield* rows;
      continue;
    }
    for (let number = from + 1; number <= Math.min(from + PAGE, last); number++) {
      const row = unlessDamaged(() => one.get(number));
      if (row !== undefined) yield row;
    }
  }
}

function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return undefined;
    throw error;
  }
}
