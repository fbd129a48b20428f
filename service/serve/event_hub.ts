import { errorMessage } from "../../data/common/errors.ts";
import type { Signal } from "../../data/schema/signal.ts";
import type { Status } from "../../data/schema/status.ts";
import type { EventLog, LogEvent } from "../bus/event_log.ts";
import type { RecordStore } from "../bus/record_store.ts";
import { CatchUpLine } from "./catch_up_line.ts";
import type { StreamEvent, StreamQuery } from "./query.ts";
import { AHEAD_BYTES, type Bytes, StreamClient } from "./stream_client.ts";
import { encodeEvent, GOODBYE, RETRY, UNKNOWN_POSITION } from "./stream_text.ts";

/** Proxies close connections that are quiet; the contract promises a comment every 15 s. */
const HEARTBEAT_MS = 15_000;
/** Events that a client who catches up gets from the store at once. */
const PAGE = 32;

/** What the hub serves events from. */
interface Source {
  readonly log: Pick<EventLog, "start" | "end" | "read">;
  readonly store: Pick<RecordStore, "has" | "page">;
}

/** Whether a client wants an event that is published now. */
function wants({ query }: StreamClient, event: StreamEvent, symbol: string): boolean {
  return query.events.has(event) && query.symbols.has(symbol);
}

/**
 * Fans events out to the subscribers of the stream. An event is encoded once and its bytes are
 * shared by all. History goes only to those who ask for it. A client that falls behind is served
 * from the store, in turn with the others who are behind, until it has caught up; one that does not
 * read is dropped, never waited for.
 */
export class EventHub {
  /** Rejects when the log cannot be read; never resolves. */
  readonly failure: Promise<never>;
  readonly #failed = Promise.withResolvers<never>();
  readonly #clients = new Set<StreamClient>();
  /** Those of them who ask for history. */
  readonly #historians = new Set<StreamClient>();
  readonly #behind = new CatchUpLine<StreamClient>((client) => this.#catchUp(client));
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #source: Source | undefined;
  /** Position of the last event that was published. */
  #position = "";
  #reading = new AbortController();
  #status: Bytes | undefined;
  #closed = false;

  /** @param heartbeatMs Interval of the heartbeats that keep quiet connections open. */
  constructor(heartbeatMs = HEARTBEAT_MS) {
    this.failure = this.#failed.promise;
    this.#heartbeat = setInterval(() => {
      for (const client of this.#clients) {
        if (!client.beat()) this.#drop(client, "the client reads too slowly");
      }
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
      if (symbols.size < most) { for (const symbol of symbols) viewed.add(symbol); }
    }
    return viewed;
  }

  /** Serves the events of a log from now on, in place of an earlier one. */
  attach(source: Source): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#source = source;
    this.#position = source.log.end;
    for (const client of this.#clients) this.#place(client, source);
    this.#read(source.log, this.#reading.signal).catch(this.#failed.reject);
  }

  /** Sends a provisional signal to those who want it; it has no id, since it is never resumed. */
  nowcast(signal: Signal): void {
    const bytes = encodeEvent("nowcast", JSON.stringify(signal));
    for (const client of this.#clients) {
      if (wants(client, "nowcast", signal.symbol)) client.offer(bytes);
    }
  }

  /** Sends the service's state to those who want it, and to each later subscriber first of all. */
  status(status: Status): void {
    this.#status = encodeEvent("status", JSON.stringify(status));
    for (const client of this.#clients) {
      if (client.query.events.has("status")) client.offer(this.#status);
    }
  }

  /**
   * Opens a stream.
   *
   * @param lastEventId The last event that the client has. Without it, or when it is not of this
   *   log, the stream starts with what comes next or, where the query has a time, with that.
   */
  open(query: StreamQuery, lastEventId: string | undefined): ReadableStream<Bytes> {
    let client: StreamClient | undefined;
    return new ReadableStream<Bytes>({
      start: (controller) => {
        const opened = new StreamClient(query, lastEventId, controller);
        opened.send(RETRY);
        if (this.#closed) return opened.end(GOODBYE);
        client = opened;
        this.#clients.add(opened);
        if (query.since !== undefined) this.#historians.add(opened);
        // Before there is a log, the client waits for it.
        if (this.#source !== undefined) this.#place(opened, this.#source);
        if (this.#status && query.events.has("status")) opened.send(this.#status);
      },
      // Called whenever the client has read something.
      pull: () => {
        if (client?.cursor !== undefined && client.mayCatchUp) this.#behind.add(client);
      },
      cancel: () => {
        if (client) this.#forget(client);
      },
    }, new ByteLengthQueuingStrategy({ highWaterMark: AHEAD_BYTES }));
  }

  /** Says goodbye and ends all streams, and those that are opened later. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#heartbeat);
    this.#reading.abort();
    for (const client of this.#clients) {
      this.#forget(client);
      client.end(GOODBYE);
    }
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

  /** Finds out where a client goes on in a log that it has not read from. */
  #place(client: StreamClient, { log, store }: Source): void {
    const { resume, filter } = client;
    client.resume = undefined;
    const known = resume !== undefined && store.has(resume);
    if (resume !== undefined && !known) client.send(UNKNOWN_POSITION);
    const first = filter.since === undefined ? undefined : log.start;
    client.cursor = filter.kinds.size === 0 ? undefined : known ? resume : first;
    if (client.cursor !== undefined) this.#behind.add(client);
  }

  /**
   * Sends a page from the store; in the turn in which that reaches what was published, the client is
   * live.
   *
   * @returns Whether it has more to catch up with, and room for it.
   */
  #catchUp(client: StreamClient): boolean {
    const { cursor, filter } = client;
    if (this.#source === undefined || cursor === undefined || !client.mayCatchUp) return false;
    try {
      const range = { after: cursor, until: this.#position, limit: PAGE };
      const { events, position } = this.#source.store.page(range, filter);
      client.cursor = position === this.#position ? undefined : position;
      for (const { id, kind, json } of events) client.send(encodeEvent(kind, json, id));
    } catch (error) {
      this.#drop(client, errorMessage(error));
      return false;
    }
    return client.cursor !== undefined && client.mayCatchUp;
  }

  #publish(events: readonly LogEvent[]): void {
    for (const { id, kind, symbol, timestamp, backfill, json } of events) {
      let bytes: Bytes | undefined;
      for (const client of backfill ? this.#historians : this.#clients) {
        if (client.cursor !== undefined || !wants(client, kind, symbol)) continue;
        if (timestamp < (client.filter.since ?? -Infinity)) continue;
        bytes ??= encodeEvent(kind, json, id);
        if (!client.offer(bytes)) client.cursor = this.#position;
      }
      this.#position = id;
    }
  }

  #forget(client: StreamClient): void {
    this.#clients.delete(client);
    this.#historians.delete(client);
    this.#behind.delete(client);
  }

  #drop(client: StreamClient, why: string): void {
    this.#forget(client);
    client.fail(new Error(`Cannot keep the stream open as ${why}`));
  }
}
