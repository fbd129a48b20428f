import { Problem } from "./problem.ts";
import type { Refusals } from "./http/refusals.ts";
import { GOODBYE, HEARTBEAT } from "./stream_text.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Between two comments to a client that waits, and between two looks for room, ms. */
const HEARTBEAT_MS = 15_000;
const LOOK_MS = 1000;
/** When a client that is refused may try again, s. */
const RETRY_AFTER = 5;

const encoder = new TextEncoder();
const WAITING = encoder.encode(
  "retry: 2000\n: the service has as many streams as it may; this one waits for its turn\n\n",
);

/** A stream that was asked for. */
export interface StreamRequest {
  /** Whether it resumes after an event. */
  readonly resumes: boolean;
  readonly open: () => ReadableStream<Bytes>;
}

interface Waiting {
  readonly open: () => ReadableStream<Bytes>;
  readonly controller: ReadableStreamDefaultController<Bytes>;
  readonly turn: PromiseWithResolvers<ReadableStreamDefaultReader<Bytes>>;
}

/**
 * Bounds the open streams. A new client beyond the bound is refused. One that resumes is a browser
 * that has been here, and its EventSource gives up permanently on any status but 200: it waits, with
 * heartbeats, in the order of arrival.
 */
export class StreamGate {
  readonly #most: number;
  readonly #streams: { readonly size: number };
  readonly #refusals: Refusals;
  readonly #lookMs: number;
  readonly #waiting = new Set<Waiting>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;

  /**
   * @param most Most open streams.
   * @param streams How many there are.
   * @param lookMs Between two looks for room for those who wait, ms.
   */
  constructor(
    most: number,
    streams: { readonly size: number },
    refusals: Refusals,
    lookMs = LOOK_MS,
  ) {
    this.#most = most;
    this.#streams = streams;
    this.#refusals = refusals;
    this.#lookMs = lookMs;
  }

  /** Number of clients that wait for a stream. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Opens a stream, now or when there is room.
   *
   * @throws Problem when a client that does not resume is beyond the bound.
   */
  open({ resumes, open }: StreamRequest): ReadableStream<Bytes> {
    const room = this.#streams.size + this.#waiting.size < this.#most;
    if (room) return open();
    if (resumes) return this.#wait(open);
    this.#refusals.add("streams");
    throw new Problem(
      503,
      "Too many streams",
      `the service has ${this.#most} open streams and may have no more (MAX_STREAMS)`,
      RETRY_AFTER,
    );
  }

  /** Says goodbye to those who wait and ends their streams. */
  close(): void {
    clearInterval(this.#timer);
    for (const { controller } of this.#waiting) {
      controller.enqueue(GOODBYE);
      controller.close();
    }
    this.#waiting.clear();
  }

  #wait(open: () => ReadableStream<Bytes>): ReadableStream<Bytes> {
    const turn = Promise.withResolvers<ReadableStreamDefaultReader<Bytes>>();
    let waiting: Waiting | undefined;
    let reader: ReadableStreamDefaultReader<Bytes> | undefined;
    return new ReadableStream<Bytes>({
      start: (controller) => {
        waiting = { open, controller, turn };
        this.#waiting.add(waiting);
        controller.enqueue(WAITING);
        if (this.#timer === undefined) {
          this.#lastBeat = performance.now();
          this.#timer = setInterval(() => this.#look(), this.#lookMs);
        }
      },
      pull: async (controller) => {
        reader = await turn.promise;
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async (reason) => {
        if (waiting !== undefined) this.#waiting.delete(waiting);
        await reader?.cancel(reason);
      },
    });
  }

  /** Gives the room that there is to those who have waited longest. */
  #look(): void {
    for (const waiting of this.#waiting) {
      if (this.#streams.size >= this.#most) break;
      this.#waiting.delete(waiting);
      waiting.turn.resolve(waiting.open().getReader());
    }
    const now = performance.now();
    if (now - this.#lastBeat >= HEARTBEAT_MS) {
      this.#lastBeat = now;
      for (const { controller } of this.#waiting) {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(HEARTBEAT);
      }
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
