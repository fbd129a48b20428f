import type { Vector } from "apache-arrow";
import type { Column } from "../schema/columns.ts";
import { arrowModule, type Database } from "./duckdb.ts";
import type { ColumnData, ColumnValues } from "./table_rows.ts";
import { type Table, TABLES, TIMES } from "./tables.ts";

/** Rows that DuckDB gets at once; bounds the memory that their copies take. */
const SLICE = 200_000;

/** A column in SQL: its name, its type, and the expression over a staged row that fills it. */
type SqlColumn = readonly [name: string, type: string, from: string];

/** A staged number; NULL for NaN. */
const number = (name: string) => `nullif(${name}, 'nan'::DOUBLE)`;

const SQL: Readonly<Record<Column["kind"], (name: string) => SqlColumn>> = {
  number: (name) => [name, "DOUBLE", number(name)],
  integer: (name) => [name, "BIGINT", number(`floor(${name})`)],
  flag: (name) => [name, "BOOLEAN", `${number(name)} = 1`],
  text: (name) => [name, "VARCHAR", name],
};

function sqlColumns({ columns }: Table): readonly SqlColumn[] {
  return columns.flatMap(({ name, kind }) => {
    const column = SQL[kind](name);
    if (!TIMES.includes(name)) return [column];
    // To the microsecond, where the input is.
    return [column, ["time", "TIMESTAMP", `make_timestamp(round(${name} * 1000)::BIGINT)`]];
  });
}

/** Creates all tables, empty. */
export function createTables(database: Database): void {
  for (const table of Object.values(TABLES)) {
    const types = sqlColumns(table).map(([name, type]) => `${name} ${type}`).join(", ");
    database.query(`CREATE TABLE ${table.name} (${types})`);
  }
}

function toVector(values: ColumnValues, from: number): Vector {
  const slice = values.slice(from, from + SLICE);
  if (slice instanceof Float64Array) return arrowModule.makeVector(slice);
  return arrowModule.vectorFromArray(slice, new arrowModule.Utf8());
}

/**
 * Adds rows to a table.
 *
 * @param data Its columns.
 * @param constants Columns that have one value in all rows.
 */
export function insertRows(
  database: Database,
  table: Table,
  data: ColumnData,
  constants: Readonly<Record<string, string>> = {},
): void {
  const length = Math.max(0, ...Object.values(data).map((values) => values.length));
  const expressions = sqlColumns(table).map(([name, , from]) => {
    const constant = constants[name];
    return constant === undefined ? from : `'${constant.replaceAll("'", "''")}'`;
  });
  for (let from = 0; from < length; from += SLICE) {
    const vectors = Object.entries(data).map(([name, values]) =>
      [name, toVector(values, from)] as const
    );
    database.insert("staged", new arrowModule.Table(Object.fromEntries(vectors)));
    database.query(`INSERT INTO ${table.name} SELECT ${expressions.join(", ")} FROM staged`);
    database.query("DROP TABLE staged");
  }
}
