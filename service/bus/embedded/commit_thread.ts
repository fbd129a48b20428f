import type { Commit, CommitReply, CommitRequest } from "./commit_worker.ts";
import type { Epoch } from "./positions.ts";

/** The thread that writes a journal; answers come in the order of the requests. */
export class CommitThread {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<Float64Array>[] = [];
  readonly #opened: Promise<unknown>;

  /**
   * @param path A journal that is prepared.
   * @param epoch This run's, to be written with the first commit.
   */
  constructor(path: string, epoch: Epoch) {
    this.#worker = new Worker(new URL("./commit_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<CommitReply>) => {
      const waiting = this.#waiting.shift();
      if ("numbers" in data) waiting?.resolve(data.numbers);
      else waiting?.reject(new Error(`Cannot write the journal ${path}: ${data.failure}`));
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      const error = new Error(`Cannot write the journal ${path}: ${event.message}`);
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    };
    this.#opened = this.#request({ open: path, epoch });
    // The first commit reports it.
    this.#opened.catch(() => {});
  }

  /**
   * Commits rows and checkpoints together.
   *
   * @returns The rows' numbers; 0 for a row that was in the journal before.
   * @throws Error naming the journal when it cannot be written; then nothing of it is.
   */
  async commit(commit: Commit): Promise<Float64Array> {
    await this.#opened;
    return await this.#request({ commit });
  }

  /** Closes the journal and ends the thread. */
  async close(): Promise<void> {
    try {
      await this.#request({ close: true });
    } finally {
      this.#worker.terminate();
    }
  }

  #request(request: CommitRequest): Promise<Float64Array> {
    const waiting = Promise.withResolvers<Float64Array>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(request);
    return waiting.promise;
  }
}
