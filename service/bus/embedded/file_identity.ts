import { statSync } from "node:fs";

/** Tells one file from another at the same path; undefined when there is none. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? undefined : `${stats.dev}:${stats.ino}`;
}

/**
 * Notices that files which are open are no longer at their paths: an open file goes on taking what
 * is written to it after it was removed, and all of that is gone with the process.
 */
export class FileIdentity {
  readonly #identities: ReadonlyMap<string, string>;

  /** @param paths Files that are open. */
  constructor(paths: readonly string[]) {
    this.#identities = new Map(paths.flatMap((path) => {
      const identity = identityOf(path);
      return identity === undefined ? [] : [[path, identity]];
    }));
  }

  /** The first file that is gone or another one; undefined while all are there. */
  changed(): string | undefined {
    for (const [path, identity] of this.#identities) {
      if (identityOf(path) !== identity) return path;
    }
    return undefined;
  }
}
