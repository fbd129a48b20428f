import type { EventFilter } from "../bus/record_store.ts";
import { HEARTBEAT } from "./stream_text.ts";
import type { StreamQuery } from "./query.ts";

/** A client is sent at most this much ahead of its reading; the rest it gets from the store. */
export const AHEAD_BYTES = 64 << 10;
/** The same while it catches up: such bytes are its own, those of live events are shared by all. */
const CATCH_UP_AHEAD_BYTES = 16 << 10;

/** An encoded part of a stream. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The kinds of event that are kept in the log, among those that a stream has. */
const DURABLE = ["bar", "signal"] as const;

/** One subscriber of the stream, and how far it is. */
export class StreamClient {
  readonly query: StreamQuery;
  /** What it wants of the log. */
  readonly filter: EventFilter;
  /** The Last-Event-ID with which it came, until a log tells where that is. */
  resume: string | undefined;
  /** Position up to which a client that is behind was served; undefined while it is live. */
  cursor: string | undefined;
  readonly #controller: ReadableStreamDefaultController<Bytes>;
  /** Bytes enqueued so far. */
  #sent = 0;
  /** Bytes read by the last heartbeat at which it had a backlog; undefined when it had none. */
  #readAtBeat: number | undefined;

  /** @param resume The Last-Event-ID with which it came. */
  constructor(
    query: StreamQuery,
    resume: string | undefined,
    controller: ReadableStreamDefaultController<Bytes>,
  ) {
    this.query = query;
    this.resume = resume;
    this.#controller = controller;
    const kinds = new Set(DURABLE.filter((kind) => query.events.has(kind)));
    this.filter = { kinds, symbols: query.symbols, since: query.since };
  }

  /** Whether it may be sent more of what it has missed. */
  get mayCatchUp(): boolean {
    return this.#queued < CATCH_UP_AHEAD_BYTES;
  }

  /** Sends whether or not there is room. */
  send(bytes: Bytes): void {
    this.#sent += bytes.length;
    this.#controller.enqueue(bytes);
  }

  /** Sends if there is room; returns whether there was. */
  offer(bytes: Bytes): boolean {
    const room = this.#queued < AHEAD_BYTES;
    if (room) this.send(bytes);
    return room;
  }

  /**
   * Keeps the connection open.
   *
   * @returns false when the client has a backlog and has read nothing since the last heartbeat.
   */
  beat(): boolean {
    this.offer(HEARTBEAT);
    const read = this.#sent - this.#queued;
    const reads = read !== this.#readAtBeat;
    this.#readAtBeat = this.mayCatchUp ? undefined : read;
    return reads;
  }

  /** Ends the stream behind some last bytes. */
  end(bytes: Bytes): void {
    this.send(bytes);
    this.#controller.close();
  }

  /** Breaks the stream off. */
  fail(error: Error): void {
    this.#controller.error(error);
  }

  /** Bytes that it has not read yet. */
  get #queued(): number {
    return AHEAD_BYTES - (this.#controller.desiredSize ?? 0);
  }
}
