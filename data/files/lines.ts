import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { readZip } from "./zip.ts";
import { errorMessage } from "../common/errors.ts";

/** Told how many bytes of the file, as it lies on the disk, were read; for progress. */
export type OnRead = (bytes: number) => void;

/** The uncompressed bytes of a plain, `.gz` or `.zip` file; of a zip, all entries one after another. */
async function* readBytes(path: string, onRead?: OnRead): AsyncGenerator<Uint8Array> {
  if (path.endsWith(".zip")) {
    yield* readZip(path, onRead);
    return;
  }
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  if (onRead) file.on("data", (chunk) => onRead(chunk.length));
  if (path.endsWith(".gz")) {
    const gunzip = createGunzip({ chunkSize: 1 << 18 });
    file.on("error", (error) => gunzip.destroy(error));
    yield* file.pipe(gunzip);
  } else {
    yield* file;
  }
}

/**
 * Reads a text file line by line, in chunks.
 *
 * @param path A plain, `.gz` or `.zip` file.
 * @returns Non-empty runs of lines without their line ends; blank lines are left out.
 * @throws Error naming the file when it cannot be read or unpacked.
 */
export async function* readLines(path: string, onRead?: OnRead): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for await (const bytes of readBytes(path, onRead)) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split(/\r?\n/);
      rest = lines.pop() ?? "";
      const filled = lines.filter((line) => line !== "");
      if (filled.length > 0) yield filled;
    }
  } catch (error) {
    throw new Error(`Cannot read ${path}: ${errorMessage(error)}`, {
      cause: error,
    });
  }
  if (rest !== "") yield [rest];
}

/** Where a value stands, for error messages. */
export interface Place {
  readonly path: string;
  /** 1-based line among the file's non-blank lines. */
  readonly line: number;
}

/** Input as it may be shown in a message: on one line, cut to what helps. */
export function excerpt(text: string | undefined): string {
  const shown = text === undefined || text.length <= 60 ? text : `${text.slice(0, 60)}...`;
  return JSON.stringify(shown ?? null).replace(/[^\x20-\x7e]/g, "?");
}

/**
 * Parses a decimal number of a CSV field.
 *
 * @throws SyntaxError naming file, line and column when the field is no finite number.
 */
export function parseNumber(text: string | undefined, column: string, place: Place): number {
  const value = text === undefined || text === "" ? NaN : Number(text);
  if (Number.isFinite(value)) return value;
  throw new SyntaxError(
    `${place.path}:${place.line}: ${column} must be a number: current value is ${excerpt(text)}`,
  );
}

/**
 * Parses an exchange time in milliseconds or, as Binance's spot files have from 2025 on,
 * microseconds.
 *
 * @returns Milliseconds UTC.
 */
export function parseTime(text: string | undefined, column: string, place: Place): number {
  const value = parseNumber(text, column, place);
  return value >= 1e14 ? Math.floor(value / 1000) : value;
}
