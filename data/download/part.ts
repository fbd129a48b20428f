import { createHash } from "node:crypto";

const BLOCK = 1 << 20;

async function hash(file: Deno.FsFile): Promise<string> {
  const sum = createHash("sha256");
  const block = new Uint8Array(BLOCK);
  await file.seek(0, Deno.SeekMode.Start);
  for (let read; (read = await file.read(block)) !== null;) sum.update(block.subarray(0, read));
  return sum.digest("hex");
}

/** The SHA-256 of a file in lower-case hex; undefined when it does not exist. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  try {
    using file = await Deno.open(path);
    return await hash(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * The beginning of a file that is being downloaded, under a temporary name. It survives an
 * interruption, so that the next run can resume. One process at a time holds it.
 */
export class PartFile implements Disposable {
  readonly #path: string;
  readonly #file: Deno.FsFile;
  #size: number;
  #committed = false;

  private constructor(path: string, file: Deno.FsFile, size: number) {
    this.#path = path;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens an existing part, or creates one; waits while another process holds it.
   *
   * @param path The temporary name.
   * @throws Error when it cannot be written.
   */
  static async open(path: string): Promise<PartFile> {
    for (;;) {
      const file = await Deno.open(path, { create: true, read: true, write: true });
      try {
        await file.lock(true);
        const { ino, size } = await file.stat();
        // Meanwhile the other process may have completed and renamed the file.
        const current = await Deno.stat(path).catch(() => undefined);
        if (current !== undefined && current.ino === ino) return new PartFile(path, file, size);
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
    }
  }

  /** Bytes so far. */
  get size(): number {
    return this.#size;
  }

  /** Appends bytes. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.seek(this.#size, Deno.SeekMode.Start);
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#file.write(rest);
      this.#size += written;
      rest = rest.subarray(written);
    }
  }

  /** Discards all bytes. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
  }

  /** SHA-256 of the bytes so far, lower-case hex. */
  async sha256(): Promise<string> {
    return await hash(this.#file);
  }

  /** Renames the complete file, replacing an earlier one. */
  async commit(name: string): Promise<void> {
    await this.#file.sync();
    await Deno.rename(this.#path, name);
    this.#committed = true;
  }

  /** Closes the file. A part that was not committed stays, to be resumed, unless it is empty. */
  [Symbol.dispose](): void {
    if (!this.#committed && this.#size === 0) Deno.removeSync(this.#path);
    this.#file.close();
  }
}
