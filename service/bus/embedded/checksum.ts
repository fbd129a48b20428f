import { crc32 } from "node:zlib";

/** CRC-32 of a checkpoint: of what it belongs to and of every byte of its state. */
export function checksumOf(
  symbol: string,
  models: string,
  timestamp: number,
  state: Uint8Array,
): number {
  return crc32(state, crc32(`${symbol} ${models} ${timestamp}`));
}
