import type { Clock } from "../../../data/common/clock.ts";
import { Attempts, type RetryPolicy } from "../../../data/common/retry.ts";
import type { StorageStatus } from "../../../data/schema/status.ts";
import type { Checkpoint } from "../event_log.ts";
import type { Commit, CommitRow } from "./commit_worker.ts";
import { storageErrorOf } from "./storage_error.ts";

/** The first append waits so long for others, so that those of a moment are one commit, ms. */
const GATHER_MS = 8;
/** A commit holds no more rows, so that none takes long; an append is never divided. */
const MOST_ROWS = 2000;
/** With so many rows waiting, appenders are asked to wait: some 25 MB. */
const CAPACITY = 20_000;
/** While the journal cannot be written, a commit is tried again at these intervals. */
const POLICY: RetryPolicy = { firstMs: 250, maxMs: 5000 };

/** An append that waits for its commit. */
interface Waiting extends Commit {
  readonly done: PromiseWithResolvers<void>;
}

/** What a group commit works with. */
export interface GroupCommitOptions {
  /** Makes a commit; resolves when it is durable. */
  readonly commit: (commit: Commit) => Promise<void>;
  readonly clock: Clock;
  /** Called when {@linkcode GroupCommit.problem} has changed. */
  readonly onChange?: () => void;
  /** Rows that may wait before {@linkcode GroupCommit.room} holds appenders back. */
  readonly capacity?: number;
}

/**
 * Puts the appends of a moment into one commit, with one commit under way at a time. A commit that
 * the disk refuses is tried again until it is made; what is appended meanwhile waits behind it, in
 * order.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #capacity: number;
  /** Those of the running commit first. */
  #waiting: Waiting[] = [];
  #rows = 0;
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #problem: Pick<StorageStatus, "since" | "reason"> | null = null;
  #room: PromiseWithResolvers<void> | undefined;
  readonly #closing = new AbortController();

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#capacity = options.capacity ?? CAPACITY;
  }

  /** Since when and why the journal cannot be written, and how many rows wait; null when it can. */
  get problem(): StorageStatus | null {
    return this.#problem && { ...this.#problem, waiting: this.#rows };
  }

  /** Whether nothing waits. */
  get idle(): boolean {
    return this.#waiting.length === 0;
  }

  /** Reports what holds the running commit up; the report ends with the next commit that is made. */
  report(reason: string): void {
    this.#setProblem(reason);
  }

  /** The rows that wait, oldest first. */
  *rows(): Iterable<CommitRow> {
    for (const { rows } of this.#waiting) yield* rows;
  }

  /** Resolves when fewer rows wait than the bound: at once, unless the journal cannot be written. */
  room(): Promise<void> {
    if (this.#rows < this.#capacity) return Promise.resolve();
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Resolves when nothing waits any more of what was appended before the call. */
  async settled(): Promise<void> {
    // A failure goes to those who appended.
    await this.#waiting.at(-1)?.done.promise.catch(() => {});
  }

  /**
   * Adds rows and checkpoints to the next commit.
   *
   * @returns Resolves when they are durable.
   * @throws What the commit throws, unless it is a {@linkcode StorageError}, which is waited out.
   */
  append(append: Commit): Promise<void> {
    const done = Promise.withResolvers<void>();
    const { rows, checkpoints } = append;
    if (this.#problem !== null) this.#dropCheckpoints(checkpoints);
    this.#waiting.push({ rows, checkpoints: [...checkpoints], done });
    this.#rows += rows.length;
    this.#gather();
    return done.promise;
  }

  /**
   * Commits what waits. If the disk refuses that once more, the rest is given up.
   *
   * @returns Number of rows that were given up.
   */
  async close(): Promise<number> {
    clearTimeout(this.#gathering);
    this.#gathering = undefined;
    this.#closing.abort(new Error("Cannot append as the journal is closing"));
    do {
      await this.#running;
      this.#start();
      await this.#running;
    } while (this.#waiting.length > 0 && this.#problem === null);
    const lost = this.#rows;
    for (const { done } of this.#waiting.splice(0)) done.reject(this.#closing.signal.reason);
    this.#rows = 0;
    this.#room?.resolve();
    return lost;
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
    this.#running = this.#run().then(() => {
      this.#running = undefined;
      if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#gather();
    });
  }

  /** Number of appends that make the next commit. */
  #count(): number {
    let rows = 0;
    let count = 0;
    for (const append of this.#waiting) {
      if (count > 0 && rows + append.rows.length > MOST_ROWS) break;
      rows += append.rows.length;
      count++;
    }
    return count;
  }

  /** Makes one commit. Never rejects: a failure goes to those who appended. */
  async #run(): Promise<void> {
    const { commit, clock } = this.#options;
    const { signal } = this.#closing;
    const appends = this.#waiting.slice(0, this.#count());
    for (const attempts = new Attempts({ policy: POLICY, clock, signal });;) {
      try {
        await commit({
          rows: appends.flatMap(({ rows }) => rows),
          checkpoints: appends.flatMap(({ checkpoints }) => checkpoints),
        });
        this.#leave(appends);
        this.#setProblem(null);
        for (const { done } of appends) done.resolve();
        return;
      } catch (error) {
        const refused = storageErrorOf(error);
        if (refused === undefined) {
          this.#leave(appends);
          for (const { done } of appends) done.reject(error);
          return;
        }
        this.#setProblem(refused.message);
      }
      try {
        await attempts.wait();
      } catch {
        return;
      }
    }
  }

  #leave(appends: readonly Waiting[]): void {
    this.#waiting.splice(0, appends.length);
    for (const { rows } of appends) this.#rows -= rows.length;
    if (this.#rows >= this.#capacity) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  #setProblem(reason: string | null): void {
    if (reason === (this.#problem?.reason ?? null)) return;
    const since = this.#problem?.since ?? this.#options.clock.now();
    this.#problem = reason === null ? null : { since, reason };
    this.#options.onChange?.();
  }

  /** A later checkpoint replaces those of its symbol that wait: an outage may last for days. */
  #dropCheckpoints(checkpoints: readonly Checkpoint[]): void {
    const symbols = new Set(checkpoints.map(({ symbol }) => symbol));
    if (symbols.size === 0) return;
    this.#waiting = this.#waiting.map((append) => ({
      ...append,
      checkpoints: append.checkpoints.filter(({ symbol }) => !symbols.has(symbol)),
    }));
  }
}
