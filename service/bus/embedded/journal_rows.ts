import type { Checkpoint, RecordKind } from "../event_log.ts";
import { checksumOf, checksumOfRecord } from "./checksum.ts";
import type { RawRow } from "./salvage.ts";

/** A row of the journal. */
export interface JournalRow {
  /** Its number, from 1. */
  readonly number: number;
  readonly kind: RecordKind;
  readonly symbol: string;
  readonly timestamp: number;
  readonly json: string;
}

/** The record of a row as JSON; undefined when it is damaged. */
export function readJson({ json, checksum }: RawRow): string | undefined {
  if (typeof json !== "string") return undefined;
  // Rows of journals before version 2 have no checksum: what is overwritten is hardly an object.
  const whole = typeof checksum === "number"
    ? checksum === checksumOfRecord(json)
    : json.startsWith("{") && json.endsWith("}") && !json.includes("\0");
  return whole ? json : undefined;
}

/** An event; undefined when it is damaged. */
export function readEvent(row: RawRow): JournalRow | undefined {
  const { id, kind, symbol, timestamp } = row;
  const json = readJson(row);
  if (json === undefined || (kind !== "bar" && kind !== "signal")) return undefined;
  if (typeof id !== "number" || typeof symbol !== "string" || typeof timestamp !== "number") {
    return undefined;
  }
  return { number: id, kind, symbol, timestamp, json };
}

/** A checkpoint; undefined when it is damaged. Those of the first version have no checksum. */
export function readCheckpoint(row: RawRow): Checkpoint | undefined {
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
