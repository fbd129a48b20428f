import type { Commit } from "./commit_worker.ts";

/** The first append waits so long for others, so that those of a moment are one commit, ms. */
const GATHER_MS = 8;
/** A commit holds no more rows, so that none takes long; an append is never divided. */
const MOST_ROWS = 2000;

/** An append that waits for its commit. */
interface Waiting extends Commit {
  readonly done: PromiseWithResolvers<void>;
}

/** Puts the appends of a moment into one commit, with one commit under way at a time. */
export class GroupCommit {
  readonly #commit: (commit: Commit) => Promise<void>;
  #waiting: Waiting[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;

  /** @param commit Makes a commit; resolves when it is durable. */
  constructor(commit: (commit: Commit) => Promise<void>) {
    this.#commit = commit;
  }

  /**
   * Adds rows and checkpoints to the next commit.
   *
   * @returns Resolves when they are durable.
   * @throws What the commit throws.
   */
  append(append: Commit): Promise<void> {
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ ...append, done });
    this.#gather();
    return done.promise;
  }

  /** Commits what waits, and resolves when nothing waits any more. */
  async flush(): Promise<void> {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    while (this.#running !== undefined || this.#waiting.length > 0) {
      this.#start();
      await this.#running;
    }
  }

  #gather(): void {
    if (this.#gathering !== undefined || this.#running !== undefined) return;
    this.#gathering = setTimeout(() => {
      this.#gathering = undefined;
      this.#start();
    }, GATHER_MS);
  }

  #start(): void {
    if (this.#running !== undefined || this.#waiting.length === 0) return;
    this.#running = this.#run(this.#take()).then(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0) this.#gather();
    });
  }

  #take(): readonly Waiting[] {
    let rows = 0;
    let count = 0;
    for (const append of this.#waiting) {
      if (count > 0 && rows + append.rows.length > MOST_ROWS) break;
      rows += append.rows.length;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** Never rejects: a failure goes to those who appended. */
  async #run(appends: readonly Waiting[]): Promise<void> {
    try {
      await this.#commit({
        rows: appends.flatMap(({ rows }) => rows),
        checkpoints: appends.flatMap(({ checkpoints }) => checkpoints),
      });
      for (const { done } of appends) done.resolve();
    } catch (error) {
      for (const { done } of appends) done.reject(error);
    }
  }
}
