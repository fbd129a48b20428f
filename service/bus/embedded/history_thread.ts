import type { HistoryQuery } from "../record_store.ts";
import type { HistoryBlock } from "./history_cursor.ts";
import type { HistoryReply, HistoryRequest } from "./history_worker.ts";

const WORKER = new URL("./history_worker.ts", import.meta.url);

type Waiting = PromiseWithResolvers<HistoryBlock>;

/** The thread that reads history for clients. It starts with the first question. */
export class HistoryThread {
  readonly #path: string;
  readonly #onDamage: () => void;
  readonly #module: URL;
  #worker: Worker | undefined;
  #count = 0;
  /** The answers that wait for a block; each waits for one at most. */
  readonly #waiting = new Map<number, Waiting>();

  /**
   * @param path A journal that is prepared.
   * @param onDamage Called when something cannot be read.
   * @param module The worker's code.
   */
  constructor(path: string, onDamage: () => void, module = WORKER) {
    this.#path = path;
    this.#onDamage = onDamage;
    this.#module = module;
  }

  /** See {@linkcode RecordStore.history}. */
  async history(query: HistoryQuery): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
    const answer = ++this.#count;
    const first = await this.#request(answer, { answer, begin: query });
    // One block is there when the client asks for the next: it is made when that one is taken.
    let next: HistoryBlock | undefined = first;
    return new ReadableStream({
      pull: async (controller) => {
        const { bytes, done } = next ?? await this.#request(answer, { answer, more: true });
        next = undefined;
        controller.enqueue(bytes);
        if (done) controller.close();
      },
      cancel: () => this.#worker?.postMessage({ answer, end: true } satisfies HistoryRequest),
    }, { highWaterMark: 0 });
  }

  /** Ends the thread and all answers; a later question opens the journal again. */
  close(): void {
    this.#end("it was closed or replaced meanwhile");
  }

  #request(answer: number, request: HistoryRequest): Promise<HistoryBlock> {
    const waiting: Waiting = Promise.withResolvers();
    this.#waiting.set(answer, waiting);
    (this.#worker ??= this.#start()).postMessage(request);
    return waiting.promise;
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<HistoryReply>) => {
      const waiting = this.#waiting.get(data.answer);
      this.#waiting.delete(data.answer);
      if ("damaged" in data && data.damaged) this.#onDamage();
      if ("block" in data) waiting?.resolve(data.block);
      else waiting?.reject(this.#failure(data.failure));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      if (this.#worker === worker) this.#end(event.message);
    };
    worker.postMessage({ open: this.#path } satisfies HistoryRequest);
    return worker;
  }

  /** The next question starts another thread. */
  #end(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure(reason));
    this.#waiting.clear();
  }

  #failure(reason: string): Error {
    return new Error(`Cannot read the journal ${this.#path}: ${reason}`);
  }
}
