import { existsSync } from "node:fs";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { errorMessage } from "../common/errors.ts";
import { klineOf } from "../files/klines.ts";
import type { KlineRows } from "../files/market_rows.ts";
import { RowFault } from "../files/row_errors.ts";
import { KLINE_COLUMNS } from "../schema/kline.ts";

/** Columns of numbers and of texts, all of one length. */
export type MixedColumns = Readonly<Record<string, Float64Array | readonly string[]>>;

/** Where the bars of a market go. */
export type BarsOf = (symbol: string, market: string) => KlineRows;

/** What the service's journal holds of the models. */
export interface JournalSignals {
  /** What the primary model said, bar by bar. */
  readonly signals: MixedColumns;
  /** What the models beside it said. */
  readonly opinions: MixedColumns;
}

const SIGNAL_TEXTS = ["symbol", "source", "quality", "regime_name"] as const;
const SIGNAL_NUMBERS = [
  "open_time",
  "open",
  "high",
  "low",
  "close",
  "volume",
  "anomaly_score",
  "is_anomaly",
  "regime_state",
  "confidence",
  "seconds_in_state",
  "log_likelihood",
] as const;
const OPINION_TEXTS = ["symbol", "source", "model", "name"] as const;
const OPINION_NUMBERS = [
  "open_time",
  "state",
  "confidence",
  "seconds_in_state",
  "log_likelihood",
] as const;

/** Columns that stand beside the JSON rather than in it. */
const OWN: Readonly<Record<string, string>> = { symbol: "symbol", open_time: "timestamp" };

function select(names: readonly string[]): string {
  return names.map((name) => `${OWN[name] ?? `json ->> '$.${name}'`} AS ${name}`).join(", ");
}

const BARS = `SELECT id, symbol, json ->> '$.source' AS source, json ->> '$.quality' AS quality, ${
  select(KLINE_COLUMNS)
} FROM events WHERE kind = 'bar' ORDER BY timestamp, id`;

const SIGNALS = `SELECT ${
  select([...SIGNAL_TEXTS, ...SIGNAL_NUMBERS])
} FROM events WHERE kind = 'signal' ORDER BY timestamp, id`;

const OPINIONS = `SELECT events.symbol, events.timestamp AS open_time,
  events.json ->> '$.source' AS source, model.key AS model, ${
  [...OPINION_NUMBERS, "name"].filter((name) => name !== "open_time")
    .map((name) => `model.value ->> '$.${name}' AS ${name}`).join(", ")
} FROM events, json_each(events.json, '$.models') AS model
WHERE events.kind = 'signal' ORDER BY events.timestamp, events.id`;

type SqlRow = Readonly<Record<string, SQLOutputValue>>;

const text = (value: SQLOutputValue | undefined) => typeof value === "string" ? value : "";
const number = (value: SQLOutputValue | undefined) => typeof value === "number" ? value : NaN;

function readColumns(
  rows: Iterable<SqlRow>,
  texts: readonly string[],
  numbers: readonly string[],
): MixedColumns {
  const textColumns = texts.map((name) => ({ name, values: new Array<string>() }));
  const numberColumns = numbers.map((name) => ({ name, values: new Array<number>() }));
  for (const row of rows) {
    for (const { name, values } of textColumns) values.push(text(row[name]));
    for (const { name, values } of numberColumns) values.push(number(row[name]));
  }
  return Object.fromEntries([
    ...textColumns.map(({ name, values }) => [name, values] as const),
    ...numberColumns.map(({ name, values }) => [name, Float64Array.from(values)] as const),
  ]);
}

/** The exchange's stream is its spot market; other sources are markets of their own. */
function marketOf(source: string): string {
  return source === "binance" ? "spot" : source;
}

function readBars(path: string, rows: Iterable<SqlRow>, barsOf: BarsOf): void {
  for (const row of rows) {
    const bars = barsOf(text(row.symbol), marketOf(text(row.source)));
    const [openTime = NaN, ...numbers] = KLINE_COLUMNS.map((name) => number(row[name]));
    const bar = row.quality === "incomplete"
      ? new RowFault("incomplete", "trades of the minute are known to be missing")
      : klineOf(openTime, numbers);
    bars.add(bar, path, number(row.id));
  }
}

/**
 * Reads a journal of the service as it stands at this moment; the service may go on writing it.
 * It needs the table `events` with the columns `id, kind, symbol, timestamp, json`.
 *
 * @param barsOf Where its bars go, in order of time.
 * @returns What the models said, in order of time.
 * @throws Error naming the file when it is not there, or is no journal.
 */
export function readJournal(path: string, barsOf: BarsOf): JournalSignals {
  const refuse = (why: string, cause?: unknown) =>
    new Error(`Cannot read the journal ${path}: ${why}`, { cause });
  if (!existsSync(path)) throw refuse("there is no such file");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    // One view of it all: signals are of the same bars.
    database.exec("PRAGMA busy_timeout = 5000; BEGIN");
    readBars(path, database.prepare(BARS).iterate(), barsOf);
    return {
      signals: readColumns(database.prepare(SIGNALS).iterate(), SIGNAL_TEXTS, SIGNAL_NUMBERS),
      opinions: readColumns(database.prepare(OPINIONS).iterate(), OPINION_TEXTS, OPINION_NUMBERS),
    };
  } catch (cause) {
    const why = errorMessage(cause);
    throw refuse(`it must be one that the service wrote: ${why}`, cause);
  } finally {
    database?.close();
  }
}
