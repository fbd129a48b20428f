import { closeSync, constants, openSync, readFileSync, rmSync, writeSync } from "node:fs";

/** Digits of the largest number; each mark overwrites all of the one before. */
const DIGITS = 16;

const encoder = new TextEncoder();

function fileOf(path: string): string {
  return `${path}.mark`;
}

/**
 * Number of the last record that was ever durable, by the file beside the journal; 0 when there is
 * none. A journal that ends before it has lost its write-ahead log, and the numbers up to it must
 * not be given out again.
 */
export function readMark(path: string): number {
  try {
    const text = readFileSync(fileOf(path), "utf8").trim();
    return /^\d{1,16}$/.test(text) ? Number(text) : 0;
  } catch {
    return 0;
  }
}

/** Forgets the number: a new journal begins, of which every number is free. */
export function removeMark(path: string): void {
  rmSync(fileOf(path), { force: true });
}

/** Keeps the number of the last durable record beside the journal. */
export class Mark {
  readonly #path: string;
  #file: number | undefined;

  /** @param path The journal. */
  constructor(path: string) {
    this.#path = fileOf(path);
  }

  /** Notes a number. It comes after the commit, and the journal is whole without it: no failure. */
  write(number: number): void {
    try {
      // Not truncated: a kill must not find it empty.
      this.#file ??= openSync(this.#path, constants.O_WRONLY | constants.O_CREAT);
      const bytes = encoder.encode(`${String(number).padStart(DIGITS)}\n`);
      writeSync(this.#file, bytes, 0, bytes.length, 0);
    } catch {
      this.close();
    }
  }

  close(): void {
    if (this.#file === undefined) return;
    const file = this.#file;
    this.#file = undefined;
    closeSync(file);
  }
}
