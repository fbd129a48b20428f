import { crc32 } from "node:zlib";
import type { Checkpoint } from "../event_log.ts";

/** CRC-32 of a checkpoint: of what it belongs to and of every byte of its state. */
export function checksumOf({ symbol, models, timestamp, rebuilt, state }: Checkpoint): number {
  const owner = `${symbol} ${models} ${timestamp}`;
  return crc32(state, crc32(rebuilt === undefined ? owner : `${owner} ${rebuilt}`));
}

/** CRC-32 of a record. */
export function checksumOfRecord(json: string): number {
  return crc32(json);
}
