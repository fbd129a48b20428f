import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import process from "node:process";
import { errorMessage } from "./errors.ts";

/** A text file that appears under its name only when it is complete. */
export class OutputFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #stream: WriteStream;

  private constructor(path: string, temporary: string, stream: WriteStream) {
    this.#path = path;
    this.#temporary = temporary;
    this.#stream = stream;
    process.on("SIGINT", this.#interrupt);
    process.on("SIGTERM", this.#interrupt);
  }

  /** The process is to end: removes the incomplete file. */
  readonly #interrupt = (signal: NodeJS.Signals): void => {
    rmSync(this.#temporary, { force: true });
    process.exit(signal === "SIGINT" ? 130 : 143);
  };

  #release(): void {
    process.off("SIGINT", this.#interrupt);
    process.off("SIGTERM", this.#interrupt);
  }

  /**
   * Creates a file.
   *
   * @throws Error naming the path when it cannot be written.
   */
  static async create(path: string): Promise<OutputFile> {
    const temporary = `${path}.${process.pid}.part`;
    const stream = createWriteStream(temporary, { highWaterMark: 1 << 18 });
    try {
      await once(stream, "open");
    } catch (cause) {
      throw new Error(`Cannot write ${path}: ${errorMessage(cause)}`, { cause });
    }
    return new OutputFile(path, temporary, stream);
  }

  /** Writes text; waits while the disk is behind. */
  async write(text: string): Promise<void> {
    if (!this.#stream.write(text)) await once(this.#stream, "drain");
  }

  /** Completes the file, which replaces an earlier one of its name. */
  async commit(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "finish");
    await rename(this.#temporary, this.#path);
    this.#release();
  }

  /** Removes the incomplete file. */
  async discard(): Promise<void> {
    this.#stream.destroy();
    await rm(this.#temporary, { force: true });
    this.#release();
  }
}

/**
 * Writes a text file, which appears at once and complete: a reader never sees half of it.
 *
 * @throws Error naming the path when it cannot be written.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const file = await OutputFile.create(path);
  try {
    await file.write(text);
    await file.commit();
  } catch (error) {
    await file.discard();
    throw error;
  }
}
