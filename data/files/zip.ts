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
/** Marks a number that is too large for the record; Binance's archives have none. */
const ZIP64 = 0xffffffff;

const STORED = 0;
const DEFLATED = 8;

/** A file in an archive. */
export interface ZipEntry {
  /** With the folders in it, separated by slashes; a folder's own entry ends with one. */
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Packed size, bytes. */
  readonly size: number;
  /** Place of its local header. */
  readonly offset: number;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  if (bytesRead < length) throw new SyntaxError("the archive must be complete: it is cut off");
  return buffer;
}

/** Finds the list of files, to which the archive's last record points. */
async function findDirectory(file: FileHandle): Promise<{ offset: number; size: number }> {
  const { size } = await file.stat();
  const length = Math.min(size, END.length + MAX_COMMENT);
  const tail = await readAt(file, size - length, length);
  for (let i = length - END.length; i >= 0; i--) {
    if (tail.readUInt32LE(i) !== END.signature) continue;
    return { size: tail.readUInt32LE(i + 12), offset: tail.readUInt32LE(i + 16) };
  }
  throw new SyntaxError("it must be a complete zip archive: it has no list of files");
}

/**
 * Lists the files of a zip archive, in the archive's order.
 *
 * @throws SyntaxError when it is not an archive, is cut off or has a feature that is not supported.
 */
export async function listZip(path: string): Promise<readonly ZipEntry[]> {
  await using file = await open(path);
  const { offset: start, size } = await findDirectory(file);
  const directory = await readAt(file, start, size);
  const entries: ZipEntry[] = [];
  for (let i = 0; i + ENTRY.length <= size;) {
    if (directory.readUInt32LE(i) !== ENTRY.signature) break;
    const name = i + ENTRY.length;
    const entry = {
      name: directory.toString("utf8", name, name + directory.readUInt16LE(i + 28)),
      method: directory.readUInt16LE(i + 10),
      crc: directory.readUInt32LE(i + 16),
      size: directory.readUInt32LE(i + 20),
      offset: directory.readUInt32LE(i + 42),
    };
    if (entry.size === ZIP64 || entry.offset === ZIP64) {
      throw new SyntaxError("the archive must be below 4 GiB: unpack it first");
    }
    if (entry.method !== STORED && entry.method !== DEFLATED) {
      throw new SyntaxError(
        `${entry.name} must be stored or deflated: its method is ${entry.method}`,
      );
    }
    entries.push(entry);
    i += ENTRY.length + directory.readUInt16LE(i + 28) + directory.readUInt16LE(i + 30) +
      directory.readUInt16LE(i + 32);
  }
  return entries;
}

/** Finds the bytes of a file. Its local header need not be as long as its entry in the list. */
async function findBytes(path: string, { offset }: ZipEntry): Promise<number> {
  await using file = await open(path);
  const header = await readAt(file, offset, LOCAL.length);
  if (header.readUInt32LE(0) !== LOCAL.signature) {
    throw new SyntaxError("the archive must be undamaged: a file is not where its list says");
  }
  return offset + LOCAL.length + header.readUInt16LE(26) + header.readUInt16LE(28);
}

/**
 * Unpacks one file of a zip archive.
 *
 * @param onRead Receives how many packed bytes were read.
 * @throws SyntaxError when the archive is cut off or damaged.
 */
export async function* readZipEntry(
  path: string,
  entry: ZipEntry,
  onRead?: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const { method, size, crc } = entry;
  if (size === 0) return;
  const start = await findBytes(path, entry);
  const packed = createReadStream(path, { start, end: start + size - 1, highWaterMark: 1 << 18 });
  if (onRead) packed.on("data", (chunk) => onRead(chunk.length));
  let bytes: AsyncIterable<Uint8Array> = packed;
  if (method === DEFLATED) {
    const inflate = createInflateRaw({ chunkSize: 1 << 18 });
    packed.on("error", (error) => inflate.destroy(error));
    bytes = packed.pipe(inflate);
  }
  let sum = 0;
  try {
    for await (const chunk of bytes) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } finally {
    packed.destroy();
  }
  if (sum !== crc) throw new SyntaxError("the archive must be undamaged: its checksum is wrong");
}
