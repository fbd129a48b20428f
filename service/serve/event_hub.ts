import { setImmediate as nextTurn } from "node:timers/promises";
import { errorMessage } from "../../data/common/errors.ts";
import type { Signal } from "../../data/schema/signal.ts";
import type { EventLog, LogEvent } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import type { Status } from "../../data/schema/status.ts";
import type { StreamEvent, StreamQuery } from "./query.ts";

/** Proxies close connections that are quiet; the contract promises a comment every 15 s. */
const HEARTBEAT_MS = 15_000;
/** A client is sent at most this much ahead of its reading; the rest it gets from the store. */
const AHEAD_BYTES = 64 << 10;
/** Events read from the store at once while a client catches up. */
const PAGE = 100;

const encoder = new TextEncoder();
const UNKNOWN_POSITION = encoder.encode(
  ": Last-Event-ID is not a position of this journal; the stream starts with what comes next\n\n",
);
const HEARTBEAT = encoder.encode(": heartbeat\n\n");

function encodeEvent(event: StreamEvent, json: string, id?: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(
    `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`,
  );
}

interface Client {
  readonly query: StreamQuery;
  readonly controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  /** Position up to which a client that is behind was served; undefined while it is live. */
  cursor: string | undefined;
  /** Whether it had no room for the last heartbeat, and its cursor then. */
  stalled: boolean;
  stalledAt: string | undefined;
}

function wants(query: StreamQuery, event: StreamEvent, symbol: string): boolean {
  return query.events.has(event) && query.symbols.has(symbol);
}

/** What the hub serves events from. */
interface Source {
  readonly log: Pick<EventLog, "end" | "read">;
  readonly store: Pick<RecordStore, "page">;
}

/**
 * Fans events out to the subscribers of the stream. An event is encoded once and its bytes are
 * shared by all. A client that falls behind is served from the store until it has caught up; one
 * that does not read is dropped, never waited for.
 */
export class EventHub {
  /** Rejects when the log cannot be read; never resolves. */
  readonly failure: Promise<never>;
  readonly #failed = Promise.withResolvers<never>();
  readonly #clients = new Set<Client>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #store: Pick<RecordStore, "page"> | undefined;
  /** Position of the last event that was published. */
  #position = "";
  #reading = new AbortController();
  #status: Uint8Array<ArrayBuffer> | undefined;

  /** @param heartbeatMs Interval of the heartbeats that keep quiet connections open. */
  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.failure = this.#failed.promise;
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) this.#beat(client);
    }, heartbeatMs);
  }

  /** Number of subscribers. */
  get size(): number {
    return this.#clients.size;
  }

  /**
   * The markets that subscribers look at: those of queries that name some, as the dashboard's do.
   *
   * @param most Queries for so many markets or more look at none in particular.
   */
  viewed(most: number): ReadonlySet<string> {
    const viewed = new Set<string>();
    for (const { query: { symbols } } of this.#clients) {
      if (symbols.size < most) for (const symbol of symbols) viewed.add(symbol);
    }
    return viewed;
  }

  /** Serves the events of a log from now on, in place of an earlier one. */
  attach({ log, store }: Source): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#store = store;
    this.#position = log.end;
    for (const client of this.#clients) client.cursor = undefined;
    this.#read(log, this.#reading.signal).catch(this.#failed.reject);
  }

  /** Sends a provisional signal to those who want it; it has no id, since it is never resumed. */
  nowcast(signal: Signal): void {
    const bytes = encodeEvent("nowcast", JSON.stringify(signal));
    for (const client of this.#clients) {
      if (wants(client.query, "nowcast", signal.symbol)) this.#send(client, bytes);
    }
  }

  /** Sends the service's state to those who want it, and to each later subscriber first of all. */
  status(status: Status): void {
    this.#status = encodeEvent("status", JSON.stringify(status));
    for (const client of this.#clients) {
      if (client.query.events.has("status")) this.#send(client, this.#status);
    }
  }

  /**
   * Opens a stream.
   *
   * @param lastEventId The last event that the client has. Without it, or when it is not of this
   *   log, the stream starts with what comes next.
   */
  open(
    query: StreamQuery,
    lastEventId: string | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let client: Client | undefined;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const known = lastEventId !== undefined && this.#store?.page(lastEventId, 0) !== undefined;
        const cursor = known ? lastEventId : undefined;
        client = { query, controller, cursor, stalled: false, stalledAt: undefined };
        this.#clients.add(client);
        controller.enqueue(encoder.encode("retry: 2000\n\n"));
        if (lastEventId !== undefined && !known) controller.enqueue(UNKNOWN_POSITION);
        if (this.#status && query.events.has("status")) controller.enqueue(this.#status);
      },
      pull: async (controller) => {
        while (client?.cursor !== undefined && (controller.desiredSize ?? 0) > 0) {
          this.#catchUp(client, client.cursor);
          await nextTurn();
        }
      },
      cancel: () => {
        if (client) this.#clients.delete(client);
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }));
  }

  /** Ends all streams. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.#reading.abort();
    for (const client of this.#clients) client.controller.close();
    this.#clients.clear();
  }

  async #read(log: Source["log"], signal: AbortSignal): Promise<void> {
    try {
      for await (const events of log.read(this.#position, signal)) {
        if (!signal.aborted) this.#publish(events);
      }
    } catch (error) {
      if (signal.aborted) return;
      throw new Error(`Cannot serve events: ${errorMessage(error)}`, { cause: error });
    }
  }

  /** Sends one page from the store; in the turn in which it reaches what was published, it is live. */
  #catchUp(client: Client, cursor: string): void {
    const { events, complete } = this.#store?.page(cursor, PAGE) ?? { events: [], complete: true };
    client.cursor = cursor;
    for (const { id, kind, symbol, json } of events) {
      // What follows has not been published yet, and is going to be.
      if (client.cursor === this.#position) break;
      if (wants(client.query, kind, symbol)) {
        client.controller.enqueue(encodeEvent(kind, json, id));
      }
      client.cursor = id;
    }
    if (complete || client.cursor === this.#position) client.cursor = undefined;
  }

  #publish(events: readonly LogEvent[]): void {
    for (const { id, kind, symbol, json } of events) {
      const bytes = encodeEvent(kind, json, id);
      for (const client of this.#clients) {
        if (client.cursor !== undefined || !wants(client.query, kind, symbol)) continue;
        if (!this.#send(client, bytes)) client.cursor = this.#position;
      }
      this.#position = id;
    }
  }

  /** Sends if there is room; what has no id and no room is dropped. */
  #send({ controller }: Client, bytes: Uint8Array<ArrayBuffer>): boolean {
    const room = (controller.desiredSize ?? 0) > 0;
    if (room) controller.enqueue(bytes);
    return room;
  }

  /** Keeps a connection open, or drops it when it has read nothing since the last heartbeat. */
  #beat(client: Client): void {
    const stalled = !this.#send(client, HEARTBEAT);
    if (stalled && client.stalled && client.cursor === client.stalledAt) {
      this.#clients.delete(client);
      client.controller.error(
        new Error("Cannot keep the stream open as the client reads too slowly"),
      );
    }
    client.stalled = stalled;
    client.stalledAt = client.cursor;
  }
}
