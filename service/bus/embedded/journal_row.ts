import type { SQLOutputValue } from "node:sqlite";
import type { RecordKind } from "../event_log.ts";

/** What SQLite gives for a row. */
export type SqlRow = Readonly<Record<string, SQLOutputValue>>;

/** A row of the journal. */
export interface JournalRow {
  /** Its number, from 1. */
  readonly number: number;
  readonly kind: RecordKind;
  readonly symbol: string;
  readonly timestamp: number;
  readonly backfill: boolean;
  readonly json: string;
}

/** Text of a column; throws TypeError for anything else. */
export function textOf(row: SqlRow, column: string): string {
  const value = row[column];
  if (typeof value === "string") return value;
  throw new TypeError(`Cannot read the journal as ${column} must be text: it is ${typeof value}`);
}

/** Number of a column; throws TypeError for anything else. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new TypeError(`Cannot read the journal as ${column} must be a number: it is ${value}`);
}

/** Reads a row of the table of events. */
export function journalRow(row: SqlRow): JournalRow {
  const kind = textOf(row, "kind");
  if (kind !== "bar" && kind !== "signal") {
    throw new TypeError(`Cannot read the journal as kind must be bar or signal: it is ${kind}`);
  }
  return {
    number: numberOf(row, "id"),
    kind,
    symbol: textOf(row, "symbol"),
    timestamp: numberOf(row, "timestamp"),
    backfill: numberOf(row, "backfill") === 1,
    json: textOf(row, "json"),
  };
}
