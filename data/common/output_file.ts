import { createWriteStream, rmSync, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { once } from "node:events";
import process from "node:process";
import { errorMessage } from "./errors.ts";

/** A text file that appears under its name only when it is whole. */
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

  /** Someone ends the process: nothing half-written is left behind. */
  readonly #interrupt = (signal: NodeJS.Signals): void => {
    rmSync(this.#temporary, { force: true });
    process.exit(signal === "SIGINT" ? 130 : 143);
  };

  #settle(): void {
    process.off("SIGINT", this.#interrupt);
    process.off("SIGTERM", this.#interrupt);
  }

  /**
   * Starts a file.
   *
   * @throws Error naming the path when it cannot be written.
   */
  static async create(path: string): Promise<OutputFile> {
    const temporary = `${path}.${process.pid}.part`;
    const stream = createWriteStream(temporary, { highWaterMark: 1 << 18 });
    try {
      await once(stream, "open");
    } catch (cause) {
      throw new Error(`Cannot write ${path}: ${errorMessage(cause)}`, {
        cause,
      });
    }
    return new OutputFile(path, temporary, stream);
  }

  /** Writes text; waits while the disk is behind. */
  async write(text: string): Promise<void> {
    if (!this.#stream.write(text)) await once(this.#stream, "drain");
  }

  /** Completes the file, replacing an earlier one of its name. */
  async commit(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, "finish");
    await rename(this.#temporary, this.#path);
    this.#settle();
  }

  /** Gives the file up and leaves nothing behind. */
  async discard(): Promise<void> {
    this.#stream.destroy();
    await rm(this.#temporary, { force: true });
    this.#settle();
  }
}
