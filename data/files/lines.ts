import { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { createGunzip } from "node:zlib";
import { errorMessage } from "../common/errors.ts";
import { symbolPrefix } from "../common/symbol.ts";
import { listZip, readZipEntry } from "./zip.ts";

/** Receives how many bytes of the file, as stored on the disk, were read; for progress. */
export type OnRead = (bytes: number) => void;

/** Bytes of whole lines of a file; the last line of the file may lack its line end. */
export interface LineChunk {
  /** Where they are from: the path, followed by the entry's name in an archive of several files. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** A text within a file. */
interface Part {
  readonly file: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

const LF = 10;
const CR = 13;

/** More bytes without a line end are not a line of any format that is read here. */
const MAX_LINE = 1 << 20;

type Packing = "zip" | "gzip" | "none";

/** How a file is packed, by its first bytes: names are sometimes wrong. */
async function packingOf(path: string): Promise<Packing> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(new Uint8Array(4), 0, 4, 0);
  const [a = 0, b = 0] = buffer.subarray(0, bytesRead);
  if (a === 0x50 && b === 0x4b) return "zip";
  if (a === 0x1f && b === 0x8b) return "gzip";
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff)) {
    throw new SyntaxError("it must be UTF-8 text: it is UTF-16");
  }
  return "none";
}

/** Whether a file in an archive is data. macOS adds resource forks, `__MACOSX/._NAME.csv`. */
function isCsv(name: string): boolean {
  return /(?:^|\/)[^./][^/]*\.csv$/i.test(name) && !name.startsWith("__MACOSX/");
}

async function* openZip(path: string, onRead?: OnRead): AsyncGenerator<Part> {
  const entries = await listZip(path);
  const tables = entries.filter(({ name }) => isCsv(name));
  if (tables.length === 0) {
    if (entries.some(({ name }) => name === "xl/workbook.xml")) {
      throw new SyntaxError("it must be CSV: it is an Excel workbook, which can be saved as CSV");
    }
    const names = entries.slice(0, 3).map(({ name }) => name).join(", ");
    throw new SyntaxError(`the archive must hold a .csv file: it holds ${names || "nothing"}`);
  }
  const symbols = new Set(tables.map(({ name }) => symbolPrefix(basename(name))));
  symbols.delete(undefined);
  if (symbols.size > 1) {
    throw new SyntaxError(
      `the archive must hold the files of one market: it holds ${[...symbols].join(", ")}`,
    );
  }
  for (const entry of tables) {
    const file = tables.length === 1 ? path : `${path}/${entry.name}`;
    yield { file, bytes: readZipEntry(path, entry, onRead) };
  }
}

async function* openParts(path: string, onRead?: OnRead): AsyncGenerator<Part> {
  const packing = await packingOf(path);
  if (packing === "zip") return yield* openZip(path, onRead);
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (onRead) file.on("data", (chunk) => onRead(chunk.length));
  if (packing === "none") return yield { file: path, bytes: file };
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  file.on("error", (error) => gunzip.destroy(error));
  try {
    yield { file: path, bytes: file.pipe(gunzip) };
  } finally {
    // A reader that stops early ends the unpacking, but not what feeds it.
    file.destroy();
  }
}

/** Index behind the last line end; 0 without one. A CR at the very end may be half of a CRLF. */
function endOfLines(bytes: Uint8Array): number {
  const feed = bytes.lastIndexOf(LF);
  return (feed >= 0 ? feed : bytes.lastIndexOf(CR, bytes.length - 2)) + 1;
}

async function* linesOf({ file, bytes }: Part): AsyncGenerator<LineChunk> {
  let rest: Uint8Array = new Uint8Array();
  let atStart = true;
  for await (const chunk of bytes) {
    const joined = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = endOfLines(joined);
    rest = joined.subarray(end);
    if (rest.length > MAX_LINE) {
      throw new SyntaxError(`a line must have at most ${MAX_LINE} bytes`);
    }
    if (end === 0) continue;
    yield { file, bytes: atStart ? withoutMark(joined.subarray(0, end)) : joined.subarray(0, end) };
    atStart = false;
  }
  if (rest.length > 0) yield { file, bytes: atStart ? withoutMark(rest) : rest };
}

/** Without UTF-8's byte order mark. */
function withoutMark(bytes: Uint8Array): Uint8Array {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return marked ? bytes.subarray(3) : bytes;
}

/**
 * Reads a text file in chunks of whole lines. Lines end with LF, CRLF or CR.
 *
 * @param path A plain, gzip or zip file; of a zip, its `.csv` files one after another.
 * @throws SyntaxError naming the file when it cannot be read or unpacked.
 */
export async function* readLines(path: string, onRead?: OnRead): AsyncGenerator<LineChunk> {
  try {
    for await (const part of openParts(path, onRead)) yield* linesOf(part);
  } catch (error) {
    throw new SyntaxError(`Cannot read ${path}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
}
