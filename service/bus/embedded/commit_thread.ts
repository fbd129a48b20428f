import type { Commit, CommitReply, CommitRequest } from "./commit_worker.ts";
import type { Epoch } from "./positions.ts";
import { StorageError } from "./storage_error.ts";

type Answer = Exclude<CommitReply, { readonly failure: string }>;

/** The thread that writes a journal; answers come in the order of the requests. */
export class CommitThread {
  readonly #path: string;
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Answer>[] = [];

  /**
   * @param path A journal that is prepared.
   * @param epoch This run's, to be written with the first commit.
   */
  constructor(path: string, epoch: Epoch) {
    this.#path = path;
    this.#worker = new Worker(new URL("./commit_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<CommitReply>) => {
      const waiting = this.#waiting.shift();
      if ("failure" in data) waiting?.reject(this.#errorOf(data));
      else waiting?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = this.#errorOf({ failure: event.message });
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    };
    // The first commit reports a failure.
    this.#request({ open: path, epoch }).catch(() => {});
  }

  /**
   * Commits rows and checkpoints together.
   *
   * @returns The rows' numbers; 0 for a row that was in the journal before.
   * @throws StorageError when the journal cannot be written now; then nothing of it is.
   */
  async commit(commit: Commit): Promise<Float64Array> {
    const answer = await this.#request({ commit });
    return "numbers" in answer ? answer.numbers : new Float64Array();
  }

  /**
   * Reads some of the rows behind one.
   *
   * @returns Number of the last of them; undefined when there are none.
   * @throws StorageError when one of them is damaged.
   */
  async check(after: number): Promise<number | undefined> {
    const answer = await this.#request({ check: after });
    return "numbers" in answer ? answer.numbers[0] : undefined;
  }

  /**
   * Rewrites the journal from what can be read of it, in its place; then it can be written again.
   *
   * @returns What became of it, for people.
   * @throws StorageError when that cannot be done now.
   */
  async rebuild(): Promise<string> {
    const answer = await this.#request({ rebuild: true });
    return "message" in answer ? answer.message : "";
  }

  /** Closes the journal and ends the thread. */
  async close(): Promise<void> {
    try {
      await this.#request({ close: true });
    } finally {
      this.#worker.terminate();
    }
  }

  #request(request: CommitRequest): Promise<Answer> {
    const waiting = Promise.withResolvers<Answer>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(request);
    return waiting.promise;
  }

  #errorOf({ failure, fault }: Extract<CommitReply, { readonly failure: string }>): Error {
    const message = `Cannot write the journal ${this.#path}: ${failure}`;
    return fault === undefined ? new Error(message) : new StorageError(fault, message);
  }
}
