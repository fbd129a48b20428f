import { type Stats, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { Clock } from "../../data/common/clock.ts";

/** Interval between polls, ms; a change must look the same twice, so it is seen within two. */
const POLL_MS = 100;

/** Distinguishes one content of a file from another without reading it. */
function signature({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

const NO_FILE = "";

/**
 * Watches files by polling them, which notices a rename and a write in place alike, follows links,
 * and works on network and container mounts, where events of the file system do not arrive. A file
 * that is still being written is waited for.
 */
export class FileWatcher {
  readonly #paths: readonly string[];
  readonly #clock: Pick<Clock, "sleep">;
  /** What the last change that was handled looked like. */
  #handled: string;

  /** Remembers what the files look like now. */
  constructor(paths: readonly string[], clock: Pick<Clock, "sleep">) {
    this.#paths = paths;
    this.#clock = clock;
    this.#handled = paths.map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? NO_FILE : signature(found);
    }).join("\n");
  }

  /**
   * Yields once for each change since the last one that was handled. A change counts as handled
   * when the next one is asked for, so that a later iteration repeats one that was cut short.
   *
   * @param signal Ends the iteration when aborted.
   */
  async *changes(signal: AbortSignal): AsyncGenerator<void> {
    let last = this.#handled;
    while (!signal.aborted) {
      const seen = await this.#look();
      const settled = seen === last;
      last = seen;
      if (settled && seen !== this.#handled) {
        yield;
        if (signal.aborted) return;
        this.#handled = seen;
      }
      try {
        await this.#clock.sleep(POLL_MS, signal);
      } catch {
        return;
      }
    }
  }

  async #look(): Promise<string> {
    const looks = this.#paths.map((path) => stat(path).then(signature, () => NO_FILE));
    return (await Promise.all(looks)).join("\n");
  }
}
