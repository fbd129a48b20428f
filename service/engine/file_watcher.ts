import { type Stats, statSync } from "node:fs";
import { stat } from "node:fs/promises";

/** How often files are looked at, ms; a change must look the same twice, so it is told within two. */
const LOOK_EVERY_MS = 100;

/** What tells one content of a file from another without reading it. */
function signature({ ino, size, mtimeMs, ctimeMs }: Stats): string {
  return [ino, size, mtimeMs, ctimeMs].join(" ");
}

const NO_FILE = "";

/**
 * Watches files by looking at them, which sees a rename and a write in place alike, follows
 * links, and works on network and container mounts, where events of the file system do not come.
 * A file that is still being written is waited for.
 */
export class FileWatcher {
  readonly #paths: readonly string[];
  readonly #onChange: () => void;
  readonly #timer: ReturnType<typeof setInterval>;
  #told: string;
  #last: string;
  #looking = false;
  #closed = false;

  /**
   * @param onChange Told once of each change.
   * @param lookEveryMs How often to look.
   */
  constructor(paths: readonly string[], onChange: () => void, lookEveryMs = LOOK_EVERY_MS) {
    this.#paths = paths;
    this.#onChange = onChange;
    const first = paths.map((path) => {
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? NO_FILE : signature(found);
    });
    this.#told = this.#last = first.join("\n");
    this.#timer = setInterval(() => this.#compare(), lookEveryMs);
  }

  /** Ends the watch. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
  }

  /** A mount that does not answer holds up nothing but the next look. */
  async #compare(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const looks = this.#paths.map((path) => stat(path).then(signature, () => NO_FILE));
    const seen = (await Promise.all(looks)).join("\n");
    this.#looking = false;
    const settled = seen === this.#last;
    this.#last = seen;
    if (this.#closed || !settled || seen === this.#told) return;
    this.#told = seen;
    this.#onChange();
  }
}
