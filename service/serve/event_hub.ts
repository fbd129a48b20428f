import { setImmediate as nextTurn } from "node:timers/promises";
import type { Bus, BusEvent } from "../bus/bus.ts";
import type { Signal } from "../../data/schema/signal.ts";
import type { Status } from "../../data/schema/status.ts";
import type { StreamEvent, StreamQuery } from "./query.ts";

/** Proxies close connections that are quiet; the contract promises a comment every 15 s. */
const HEARTBEAT_MS = 15_000;
/** A client is sent no more than this ahead of its reading; the rest it finds on the bus. */
const AHEAD_BYTES = 64 << 10;
/** Events read from the bus at once while a client catches up. */
const PAGE = 100;

const encoder = new TextEncoder();
const UNKNOWN_PLACE = encoder.encode(
  ": Last-Event-ID is no place of this journal; the stream starts with what comes next\n\n",
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
  /** Place on the bus up to which a client that is behind was served; undefined while it is live. */
  cursor: string | undefined;
  /** Whether it had no room for a heartbeat, and where its cursor stood then. */
  stalled: boolean;
  stalledAt: string | undefined;
}

function wants(query: StreamQuery, event: StreamEvent, symbol: string): boolean {
  return query.events.has(event) && query.symbols.has(symbol);
}

/**
 * Fans events out to the subscribers of the stream. An event is encoded once and its bytes are
 * shared by all. A client that falls behind is served from the bus until it has caught up; one that
 * does not read is dropped, never waited for.
 */
export class EventHub {
  readonly #clients = new Set<Client>();
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #bus: Bus | undefined;
  /** Place of the last event that was handed on. */
  #place = "";
  #unsubscribe: () => void = () => {};
  #status: Uint8Array<ArrayBuffer> | undefined;

  /** @param heartbeatMs How often quiet connections are kept awake. */
  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) this.#beat(client);
    }, heartbeatMs);
  }

  /** Number of subscribers. */
  get size(): number {
    return this.#clients.size;
  }

  /** Serves events from this bus from now on, in place of an earlier one. */
  attach(bus: Bus): void {
    this.#unsubscribe();
    this.#bus = bus;
    this.#place = bus.end;
    this.#unsubscribe = bus.subscribe((events) => this.#publish(events));
    for (const client of this.#clients) client.cursor = undefined;
  }

  /** Sends a provisional signal to those who want it; it has no id, for it is never resumed. */
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
   * @param lastEventId Where the client left off; without it, or when it is not of this bus, the
   *   stream starts with what comes next.
   */
  open(
    query: StreamQuery,
    lastEventId: string | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let client: Client | undefined;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        const known = lastEventId !== undefined && this.#bus?.after(lastEventId, 0) !== undefined;
        const cursor = known ? lastEventId : undefined;
        client = { query, controller, cursor, stalled: false, stalledAt: undefined };
        this.#clients.add(client);
        controller.enqueue(encoder.encode("retry: 2000\n\n"));
        if (lastEventId !== undefined && !known) controller.enqueue(UNKNOWN_PLACE);
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
    this.#unsubscribe();
    for (const client of this.#clients) client.controller.close();
    this.#clients.clear();
  }

  /** Sends one page from the bus; with the last one, in the same turn, the client goes live. */
  #catchUp(client: Client, cursor: string): void {
    const page = this.#bus?.after(cursor, PAGE);
    client.cursor = page && !page.complete ? page.events.at(-1)?.id : undefined;
    for (const { id, kind, symbol, json } of page?.events ?? []) {
      if (wants(client.query, kind, symbol)) {
        client.controller.enqueue(encodeEvent(kind, json, id));
      }
    }
  }

  #publish(events: readonly BusEvent[]): void {
    for (const { id, kind, symbol, json } of events) {
      const bytes = encodeEvent(kind, json, id);
      for (const client of this.#clients) {
        if (client.cursor !== undefined || !wants(client.query, kind, symbol)) continue;
        if (!this.#send(client, bytes)) client.cursor = this.#place;
      }
      this.#place = id;
    }
  }

  /** Sends if there is room; what has no id and no room is left out. */
  #send({ controller }: Client, bytes: Uint8Array<ArrayBuffer>): boolean {
    const room = (controller.desiredSize ?? 0) > 0;
    if (room) controller.enqueue(bytes);
    return room;
  }

  /** Keeps a connection awake, or drops it when it has read nothing since the last heartbeat. */
  #beat(client: Client): void {
    const stalled = !this.#send(client, HEARTBEAT);
    if (stalled && client.stalled && client.cursor === client.stalledAt) {
      this.#clients.delete(client);
      client.controller.error(new Error("the client reads too slowly"));
    }
    client.stalled = stalled;
    client.stalledAt = client.cursor;
  }
}
