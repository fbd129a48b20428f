import { createHash } from "node:crypto";

const BLOCK = 1 << 20;

async function hash(file: Deno.FsFile): Promise<string> {
  const sum = createHash("sha256");
  const block = new Uint8Array(BLOCK);
  await file.seek(0, Deno.SeekMode.Start);
  for (let read; (read = await file.read(block)) !== null;) sum.update(block.subarray(0, read));
  return sum.digest("hex");
}

/** The SHA-256 of a file in lower-case hex; undefined when there is no such file. */
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
 * The beginning of a file that is still being downloaded, under a temporary name of its own. It
 * outlives an interruption, so that the next run goes on from there. One process at a time has it.
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
   * Opens what there is, or starts a new one; waits while another process is at it.
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
        // While this one waited, the other may have completed the file and given it its name.
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

  /** Adds bytes at the end. */
  async append(bytes: Uint8Array): Promise<void> {
    await this.#file.seek(this.#size, Deno.SeekMode.Start);
    for (let rest = bytes; rest.length > 0;) {
      const written = await this.#file.write(rest);
      this.#size += written;
      rest = rest.subarray(written);
    }
  }

  /** Throws away what there is. */
  async clear(): Promise<void> {
    await this.#file.truncate(0);
    this.#size = 0;
  }

  /** SHA-256 of what is on the disk, lower-case hex. */
  async sha256(): Promise<string> {
    return await hash(this.#file);
  }

  /** Gives the complete file its name, replacing an earlier one. */
  async commit(name: string): Promise<void> {
    await this.#file.sync();
    await Deno.rename(this.#path, name);
    this.#committed = true;
  }

  /** Lets go of the file; what was not committed stays, to be resumed, unless it is empty. */
  [Symbol.dispose](): void {
    if (!this.#committed && this.#size === 0) Deno.removeSync(this.#path);
    this.#file.close();
  }
}
