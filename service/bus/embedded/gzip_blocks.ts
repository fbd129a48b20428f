import { constants, crc32, deflateRawSync } from "node:zlib";

/** Of RFC 1952: the magic number, deflate, and nothing that is optional. */
const HEADER = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
/** The last block of a deflate stream, empty. */
const END = [3, 0];

function concatenate(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** One gzip stream (RFC 1952) made of blocks, each of which can be sent as it is. */
export class GzipBlocks {
  #begun = false;
  #checksum = 0;
  #length = 0;

  /** Compresses a block; the last one ends the stream. */
  add(block: Uint8Array<ArrayBuffer>, last: boolean): Uint8Array<ArrayBuffer> {
    this.#checksum = crc32(block, this.#checksum);
    this.#length += block.length;
    // A flush ends at a whole byte, and what follows does not refer to what was before.
    const packed = deflateRawSync(block, { level: 4, finishFlush: constants.Z_SYNC_FLUSH });
    const header = this.#begun ? [] : HEADER;
    this.#begun = true;
    return concatenate([header, packed, ...(last ? [END, this.#trailer()] : [])]);
  }

  #trailer(): Uint8Array {
    const view = new DataView(new ArrayBuffer(8));
    view.setUint32(0, this.#checksum, true);
    view.setUint32(4, this.#length >>> 0, true);
    return new Uint8Array(view.buffer);
  }
}
