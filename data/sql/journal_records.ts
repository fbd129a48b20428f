import { existsSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { errorMessage } from "../common/errors.ts";
import { flatten } from "../files/csv.ts";
import type { KlineRows } from "../files/market_rows.ts";
import { RowFault } from "../files/row_errors.ts";
import { parseBar, parseSignal } from "../schema/parse.ts";
import { TABLES } from "./tables.ts";
import { TableRows } from "./table_rows.ts";

/** Finds where the bars of a market go. */
export type BarsOf = (symbol: string, market: string) => KlineRows;

/** The signals of a journal, in order of time. */
export interface JournalSignals {
  /** The primary model's output, and the bar. */
  readonly signals: TableRows;
  /** The outputs of the models beside it. */
  readonly outputs: TableRows;
}

interface JournalRecord {
  readonly id: number;
  readonly json: string;
}

/** The records of one kind, in order of time. */
function* recordsOf(database: DatabaseSync, kind: "bar" | "signal"): Iterable<JournalRecord> {
  const query = "SELECT id, json FROM events WHERE kind = ? ORDER BY timestamp, id";
  for (const { id, json } of database.prepare(query).iterate(kind)) {
    yield { id: Number(id), json: String(json) };
  }
}

/** The exchange's stream is its spot market; other sources are markets of their own. */
function marketOf(source: string): string {
  return source === "binance" ? "spot" : source;
}

function readBars(path: string, records: Iterable<JournalRecord>, barsOf: BarsOf): void {
  for (const { id, json } of records) {
    const bar = parseBar(json);
    const kline = bar.quality === "incomplete"
      ? new RowFault("incomplete", "trades of the minute are known to be missing")
      : { ...bar, open_time: bar.timestamp };
    barsOf(bar.symbol, marketOf(bar.source)).add(kline, path, id);
  }
}

function readSignals(records: Iterable<JournalRecord>): JournalSignals {
  const signals = new TableRows(TABLES.signals.columns);
  const outputs = new TableRows(TABLES.model_outputs.columns);
  for (const { json } of records) {
    const signal = parseSignal(json);
    const { symbol, source, timestamp: open_time } = signal;
    const { models, ...primary } = signal;
    signals.add({ ...Object.fromEntries(flatten(primary)), open_time });
    for (const [model, output] of Object.entries(models)) {
      outputs.add({ ...Object.fromEntries(flatten(output)), symbol, source, open_time, model });
    }
  }
  return { signals, outputs };
}

/**
 * Reads a journal of the service as of this moment; the service may be writing it. It needs the
 * table `events` with the columns `id, kind, timestamp, json`.
 *
 * @param barsOf Where its bars go, in order of time.
 * @returns Its signals.
 * @throws Error naming the file when it is missing, or is no journal.
 */
export function readJournal(path: string, barsOf: BarsOf): JournalSignals {
  const refuse = (why: string, cause?: unknown) =>
    new Error(`Cannot read the journal ${path}: ${why}`, { cause });
  if (!existsSync(path)) throw refuse("there is no such file");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    // One snapshot: the signals are those of the bars.
    database.exec("PRAGMA busy_timeout = 5000; BEGIN");
    readBars(path, recordsOf(database, "bar"), barsOf);
    return readSignals(recordsOf(database, "signal"));
  } catch (cause) {
    throw refuse(`it must be one that the service wrote: ${errorMessage(cause)}`, cause);
  } finally {
    database?.close();
  }
}
