import type { HistoryQuery } from "../record_store.ts";
import type { HistoryBlock } from "./history_cursor.ts";
import type { HistoryReply, HistoryRequest } from "./history_worker.ts";

const WORKER = new URL("./history_worker.ts", import.meta.url);

/** Requests that the thread has at once: one that it works on, and the next. */
const AHEAD = 2;
/** Answers take turns for so many bytes; then the oldest is ended first, so that some are ended. */
const TURNS_BYTES = 1 << 20;

/** A block that was asked for. */
interface Waiting extends PromiseWithResolvers<HistoryBlock> {
  readonly answer: number;
  readonly request: HistoryRequest;
  /** Bytes of the answer so far. */
  readonly before: number;
}

/** The thread that reads history for clients. It starts with the first question. */
export class HistoryThread {
  readonly #path: string;
  readonly #onDamage: () => void;
  readonly #module: URL;
  #worker: Worker | undefined;
  #count = 0;
  /** The blocks that the thread was not asked for yet, in the order in which clients asked. */
  #queue: Waiting[] = [];
  /** The blocks that it was asked for, by answer. */
  readonly #asked = new Map<number, Waiting>();

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
    const first = await this.#request(answer, { answer, begin: query }, 0);
    let sent = 0;
    // One block is there when the client asks for the next: it is made when that one is taken.
    let next: HistoryBlock | undefined = first;
    return new ReadableStream({
      pull: async (controller) => {
        const { bytes, done } = next ??
          await this.#request(answer, { answer, more: true }, sent);
        next = undefined;
        sent += bytes.length;
        controller.enqueue(bytes);
        if (done) controller.close();
      },
      cancel: () => {
        this.#queue = this.#queue.filter((waiting) => waiting.answer !== answer);
        this.#worker?.postMessage({ answer, end: true } satisfies HistoryRequest);
      },
    }, { highWaterMark: 0 });
  }

  /** Ends the thread and all answers; a later question opens the journal again. */
  close(): void {
    this.#end("it was closed or replaced meanwhile");
  }

  #request(answer: number, request: HistoryRequest, before: number): Promise<HistoryBlock> {
    const waiting: Waiting = { answer, request, before, ...Promise.withResolvers<HistoryBlock>() };
    this.#queue.push(waiting);
    this.#ask();
    return waiting.promise;
  }

  /** Asks the thread for what comes next: what has its turn, or else the oldest answer. */
  #ask(): void {
    while (this.#asked.size < AHEAD) {
      const next = this.#queue.find(({ before }) => before < TURNS_BYTES) ??
        this.#queue.reduce<Waiting | undefined>(
          (oldest, each) => oldest === undefined || each.answer < oldest.answer ? each : oldest,
          undefined,
        );
      if (next === undefined) return;
      this.#queue.splice(this.#queue.indexOf(next), 1);
      this.#asked.set(next.answer, next);
      (this.#worker ??= this.#start()).postMessage(next.request);
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#module, { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<HistoryReply>) => {
      const waiting = this.#asked.get(data.answer);
      this.#asked.delete(data.answer);
      if ("damaged" in data && data.damaged) this.#onDamage();
      if ("block" in data) waiting?.resolve(data.block);
      else waiting?.reject(this.#failure(data.failure));
      this.#ask();
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
    const failed = [...this.#asked.values(), ...this.#queue];
    this.#asked.clear();
    this.#queue = [];
    for (const waiting of failed) waiting.reject(this.#failure(reason));
  }

  #failure(reason: string): Error {
    return new Error(`Cannot read the journal ${this.#path}: ${reason}`);
  }
}
