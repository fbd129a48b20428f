import type { Vector } from "apache-arrow";
import { KLINE_COLUMNS } from "../schema/kline.ts";
import { arrowModule, type Database } from "./duckdb.ts";
import type { MixedColumns } from "./journal_file.ts";

/** Rows that go to DuckDB at once; bounds the copies on the way. */
const SLICE = 200_000;

/** A table of the history, and how its columns are made of those that come in. */
interface TableSpec {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: string, from: string])[];
}

const number = (name: string) => [name, "DOUBLE", `nullif(${name}, 'nan'::DOUBLE)`] as const;
const whole = (name: string) => [name, "BIGINT", `nullif(${name}, 'nan'::DOUBLE)`] as const;
const label = (name: string) => [name, "VARCHAR", name] as const;
const flag = (name: string) => [name, "BOOLEAN", `${name} = 1`] as const;
/** A time in ms, to the microsecond where the input tells it. */
const time = (from: string) =>
  ["time", "TIMESTAMP", `make_timestamp(round(${from} * 1000)::BIGINT)`] as const;

const COUNTS = new Set<string>(["num_trades"]);

const BARS: TableSpec = {
  name: "bars",
  columns: [
    label("symbol"),
    label("market"),
    whole("open_time"),
    time("open_time"),
    ...KLINE_COLUMNS.slice(1).map((name) => COUNTS.has(name) ? whole(name) : number(name)),
  ],
};

const TRADES: TableSpec = {
  name: "trades",
  columns: [
    label("symbol"),
    label("market"),
    whole("id"),
    ["trade_time", "BIGINT", "floor(trade_time)"],
    time("trade_time"),
    number("price"),
    number("quantity"),
    whole("first_trade_id"),
    whole("last_trade_id"),
    flag("buyer_is_maker"),
  ],
};

const SIGNALS: TableSpec = {
  name: "signals",
  columns: [
    label("symbol"),
    label("source"),
    label("quality"),
    whole("open_time"),
    time("open_time"),
    ...["open", "high", "low", "close", "volume", "anomaly_score"].map(number),
    flag("is_anomaly"),
    whole("regime_state"),
    label("regime_name"),
    ...["confidence", "seconds_in_state", "log_likelihood"].map(number),
  ],
};

const OPINIONS: TableSpec = {
  name: "opinions",
  columns: [
    label("symbol"),
    label("source"),
    whole("open_time"),
    time("open_time"),
    label("model"),
    whole("state"),
    label("name"),
    ...["confidence", "seconds_in_state", "log_likelihood"].map(number),
  ],
};

/** The tables of a history. */
export const TABLES = { bars: BARS, trades: TRADES, signals: SIGNALS, opinions: OPINIONS } as const;

/** Makes all tables, empty. */
export function createTables(database: Database): void {
  for (const { name, columns } of Object.values(TABLES)) {
    const types = columns.map(([column, type]) => `${column} ${type}`).join(", ");
    database.query(`CREATE TABLE ${name} (${types})`);
  }
}

function toVector(values: Float64Array | readonly string[], from: number): Vector {
  const slice = values.slice(from, from + SLICE);
  if (slice instanceof Float64Array) return arrowModule.makeVector(slice);
  return arrowModule.vectorFromArray(slice, new arrowModule.Utf8());
}

/**
 * Adds rows to a table.
 *
 * @param columns Its columns; NaN becomes NULL.
 * @param constants Columns that are the same in all rows.
 */
export function insertRows(
  database: Database,
  table: TableSpec,
  columns: MixedColumns,
  constants: Readonly<Record<string, string>> = {},
): void {
  const length = Math.max(0, ...Object.values(columns).map((values) => values.length));
  const expressions = table.columns.map(([name, , from]) => {
    const constant = constants[name];
    return constant === undefined ? from : `'${constant.replaceAll("'", "''")}'`;
  });
  for (let from = 0; from < length; from += SLICE) {
    const vectors = Object.entries(columns).map(([name, values]) =>
      [name, toVector(values, from)] as const
    );
    database.insert("staged", new arrowModule.Table(Object.fromEntries(vectors)));
    database.query(`INSERT INTO ${table.name} SELECT ${expressions.join(", ")} FROM staged`);
    database.query("DROP TABLE staged");
  }
}
