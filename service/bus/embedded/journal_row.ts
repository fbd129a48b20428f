import type { SQLOutputValue } from "node:sqlite";
import type { Checkpoint, RecordKind } from "../event_log.ts";
import { checksumOf, checksumOfRecord } from "./checksum.ts";

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

/** Number of a column; throws TypeError for anything else. */
export function numberOf(row: SqlRow, column: string): number {
  const value = row[column];
  if (typeof value === "number") return value;
  throw new TypeError(`Cannot read the journal as ${column} must be a number: it is ${value}`);
}

/** The record of a row as JSON; undefined when it is damaged. */
export function readJson({ json, checksum }: SqlRow): string | undefined {
  if (typeof json !== "string") return undefined;
  // Rows of journals before version 3 have no checksum: what is overwritten is hardly an object.
  const whole = typeof checksum === "number"
    ? checksum === checksumOfRecord(json)
    : json.startsWith("{") && json.endsWith("}") && !json.includes("\0");
  return whole ? json : undefined;
}

/** Reads a row of the table of events; undefined when it is damaged. */
export function readEvent(row: SqlRow): JournalRow | undefined {
  const { id, kind, symbol, timestamp, backfill } = row;
  const json = readJson(row);
  if (json === undefined || (kind !== "bar" && kind !== "signal")) return undefined;
  if (typeof id !== "number" || typeof symbol !== "string" || typeof timestamp !== "number") {
    return undefined;
  }
  return { number: id, kind, symbol, timestamp, backfill: backfill === 1, json };
}

/** A checkpoint; undefined when it is damaged. Those of the first version have no checksum. */
export function readCheckpoint(row: SqlRow): Checkpoint | undefined {
  const { symbol, models, timestamp, state, rebuilt, checksum } = row;
  if (typeof symbol !== "string" || typeof models !== "string") return undefined;
  if (typeof timestamp !== "number" || !(state instanceof Uint8Array)) return undefined;
  const checkpoint = {
    ...{ symbol, models, timestamp, state },
    ...(typeof rebuilt === "number" && { rebuilt }),
  };
  const whole = checksum === undefined || checksum === checksumOf(checkpoint);
  return whole ? checkpoint : undefined;
}
