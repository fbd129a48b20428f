import { createReadStream } from "node:fs";
import { Buffer } from "node:buffer";
import { type FileHandle, open } from "node:fs/promises";
import { crc32, createInflateRaw } from "node:zlib";

/** Records of a zip archive, by APPNOTE.TXT 6.3: their signatures and fixed lengths. */
const END = { signature: 0x06054b50, length: 22 };
const ENTRY = { signature: 0x02014b50, length: 46 };
const LOCAL = { signature: 0x04034b50, length: 30 };
/** The longest comment that an archive may end with. */
const MAX_COMMENT = 0xffff;
/** Stands where a number is too large for the record; such archives are not Binance's. */
const ZIP64 = 0xffffffff;

const STORED = 0;
const DEFLATED = 8;

/** A file in an archive. */
interface Entry {
  readonly method: number;
  readonly crc: number;
  /** Bytes that it takes in the archive. */
  readonly size: number;
  /** Place of its local header. */
  readonly offset: number;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new SyntaxError("the archive is cut off");
  return buffer;
}

/** Where the list of files is: the archive's last record tells. */
async function findDirectory(file: FileHandle): Promise<{ offset: number; size: number }> {
  const { size } = await file.stat();
  const length = Math.min(size, END.length + MAX_COMMENT);
  const tail = await readAt(file, size - length, length);
  for (let i = length - END.length; i >= 0; i--) {
    if (tail.readUInt32LE(i) !== END.signature) continue;
    return { size: tail.readUInt32LE(i + 12), offset: tail.readUInt32LE(i + 16) };
  }
  throw new SyntaxError("it is no zip archive, or it is cut off");
}

async function readDirectory(file: FileHandle): Promise<readonly Entry[]> {
  const { offset: start, size } = await findDirectory(file);
  const directory = await readAt(file, start, size);
  const entries: Entry[] = [];
  for (let i = 0; i + ENTRY.length <= size;) {
    if (directory.readUInt32LE(i) !== ENTRY.signature) break;
    const entry = {
      method: directory.readUInt16LE(i + 10),
      crc: directory.readUInt32LE(i + 16),
      size: directory.readUInt32LE(i + 20),
      offset: directory.readUInt32LE(i + 42),
    };
    if (entry.size === ZIP64 || entry.offset === ZIP64) {
      throw new SyntaxError("the archive is a zip64 beyond 4 GiB: unpack it first");
    }
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw new SyntaxError(`the archive is packed by a method that is not known: ${entry.method}`);
    }
    entries.push(entry);
    i += ENTRY.length + directory.readUInt16LE(i + 28) + directory.readUInt16LE(i + 30) +
      directory.readUInt16LE(i + 32);
  }
  return entries;
}

/** Where the bytes of a file begin; its local header need not be as long as its entry says. */
async function findBytes(file: FileHandle, { offset }: Entry): Promise<number> {
  const header = await readAt(file, offset, LOCAL.length);
  if (header.readUInt32LE(0) !== LOCAL.signature) throw new SyntaxError("the archive is damaged");
  return offset + LOCAL.length + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function* readEntry(
  path: string,
  start: number,
  { method, size, crc }: Entry,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  if (size === 0) return;
  const packed = createReadStream(path, { start, end: start + size - 1, highWaterMark: 1 << 18 });
  if (onRead) packed.on("data", (chunk) => onRead(chunk.length));
  let bytes: AsyncIterable<Uint8Array> = packed;
  if (method === DEFLATED) {
    const inflate = createInflateRaw({ chunkSize: 1 << 18 });
    packed.on("error", (error) => inflate.destroy(error));
    bytes = packed.pipe(inflate);
  }
  let sum = 0;
  for await (const chunk of bytes) {
    sum = crc32(chunk, sum);
    yield chunk;
  }
  if (sum !== crc) throw new SyntaxError("the archive is damaged: its checksum is wrong");
}

/**
 * Unpacks all files of a zip archive, one after another.
 *
 * @param onRead Told how many packed bytes were read.
 * @throws SyntaxError when it is no archive, is cut off or damaged.
 */
export async function* readZip(
  path: string,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  await using file = await open(path);
  for (const entry of await readDirectory(file)) {
    yield* readEntry(path, await findBytes(file, entry), entry, onRead);
  }
}
