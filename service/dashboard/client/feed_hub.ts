import { readEvents, type SentEvent } from "./event_reader.ts";
import type { HubMessage, Link, PageMessage } from "./link.ts";
import { retryAfter, retryDelay } from "./retry.ts";

/** A status is due every five seconds; after this long without a byte the connection is silent. */
const SILENCE_MS = 8_000;
/** A connection that is silent for this long is replaced, ms. */
const DEAD_MS = 20_000;
/** Time between two checks for silence, ms. */
const TICK_MS = 1_000;
/** Checks between two signs of life. */
const BEAT_TICKS = 5;

/** A page of this browser. */
interface Follower {
  symbol: string;
  /** Whether events of its market may have been missed since it was last notified that it is open. */
  waiting: boolean;
}

/** One attempt to read the stream. */
interface Attempt {
  readonly symbols: ReadonlySet<string>;
  readonly abort: AbortController;
  /** Whether the service has accepted it. */
  open: boolean;
}

/**
 * Shares one connection to the feed among all pages of a browser: over HTTP/1.1 a browser opens six
 * connections to a host, and a page that cannot have one hangs. It reads the events of all markets
 * that the pages show and passes to each page those of its own.
 *
 * When a page shows a further market, the stream is opened again after the last event that was
 * passed on, so that the other pages miss nothing. After a loss it starts over, and the pages load
 * what they missed.
 */
export class FeedHub {
  readonly #origin: string;
  readonly #followers = new Map<MessagePort, Follower>();
  #link: Link = { state: "connecting" };
  #attempt: Attempt | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #tick: ReturnType<typeof setInterval> | undefined;
  #ticks = 0;
  #failures = 0;
  /** When the last byte arrived or the last attempt began, ms UTC of this browser. */
  #heard = 0;
  /** Id of the last event of this connection that has one. */
  #lastId = "";
  #status: unknown;
  #source: unknown;

  /** @param origin Where the service is, e.g. `http://localhost:8501`. */
  constructor(origin: string) {
    this.#origin = origin;
  }

  /** Serves the page at the other end of a port until the page leaves or is gone. */
  join(port: MessagePort): void {
    port.onmessage = ({ data }: MessageEvent<PageMessage>) => {
      if (data === null) this.#leave(port);
      else this.#follow(port, data);
    };
    // Not all browsers have this event; a page that ends as it should says so by itself.
    port.addEventListener("close", () => this.#leave(port));
  }

  #leave(port: MessagePort): void {
    port.onmessage = null;
    port.close();
    this.#followers.delete(port);
    if (this.#followers.size === 0) this.#rest();
  }

  /** Without pages there is nothing to read. */
  #rest(): void {
    clearInterval(this.#tick);
    clearTimeout(this.#retry);
    this.#attempt?.abort.abort();
    this.#tick =
      this.#retry =
      this.#attempt =
      this.#status =
        undefined;
    this.#link = { state: "connecting" };
  }

  #follow(port: MessagePort, symbol: string): void {
    const follower = { symbol, waiting: true };
    this.#followers.set(port, follower);
    this.#tick ??= setInterval(() => this.#check(), TICK_MS);
    post(port, { kind: "link", link: this.#link });
    if (this.#status !== undefined) {
      post(port, { kind: "event", event: "status", value: this.#status });
    }
    if (this.#attempt?.symbols.has(symbol)) {
      if (this.#attempt.open) this.#open();
    } else if (this.#retry === undefined) {
      // Without an id to resume from, the other pages may miss an event too.
      if (this.#lastId === "") this.#expectMisses();
      this.#connect();
    }
  }

  #expectMisses(): void {
    for (const follower of this.#followers.values()) follower.waiting = true;
  }

  /** Tells the pages that wait for their market that its events arrive. */
  #open(): void {
    for (const [port, follower] of this.#followers) {
      if (follower.waiting) post(port, { kind: "opened" });
      follower.waiting = false;
    }
  }

  /** Asks the pages whether they still show a market: one may have ended without a word. */
  #ask(): void {
    this.#postAll({ kind: "refused" });
    this.#followers.clear();
  }

  /** Opens a stream of all markets that the pages show, in place of an earlier one. */
  async #connect(): Promise<void> {
    this.#retry = undefined;
    if (this.#followers.size === 0) return this.#rest();
    this.#attempt?.abort.abort();
    const symbols = new Set(Array.from(this.#followers.values(), ({ symbol }) => symbol));
    const abort = new AbortController();
    const attempt: Attempt = { symbols, abort, open: false };
    this.#attempt = attempt;
    this.#heard = Date.now();
    const query = new URLSearchParams({
      symbols: [...symbols].join(),
      events: "signal,nowcast,status",
    });
    try {
      const response = await fetch(`${this.#origin}/api/v1/stream?${query}`, {
        headers: {
          accept: "text/event-stream",
          ...(this.#lastId !== "" && { "last-event-id": this.#lastId }),
        },
        cache: "no-store",
        signal: abort.signal,
      });
      if (this.#attempt !== attempt) return;
      if (response.status !== 200 || response.body === null) {
        this.#lose(`the service answered ${response.status}`, retryAfter(response));
        if (response.status === 400) this.#ask();
        return;
      }
      // A network's login page comes with status 200, too.
      if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
        return this.#lose("something else than the service answered");
      }
      const heard = () => {
        this.#heard = Date.now();
        if (this.#link.state === "silent") this.#setLink({ state: "open" });
      };
      heard();
      attempt.open = true;
      this.#setLink({ state: "open" });
      this.#open();
      for await (const event of readEvents(response.body, heard)) {
        if (this.#attempt !== attempt) return;
        this.#take(event);
      }
      if (this.#attempt === attempt) this.#lose("the service ended the connection");
    } catch {
      if (this.#attempt === attempt) this.#lose("the service does not answer");
    }
  }

  /** Passes an event to the pages that show its market; a status to all. */
  #take({ event, data, lastId }: SentEvent): void {
    this.#failures = 0;
    const value = parse(data);
    if (event === "goodbye") {
      return this.#lose("the service is shutting down", Number(field(value, "retry")) || 0);
    }
    if (event === "status") {
      this.#status = value;
      const source = field(value, "source");
      // Each source has a journal of its own; an id of another one cannot be resumed from.
      if (source !== this.#source) this.#lastId = "";
      this.#source = source;
    }
    if (lastId !== "") this.#lastId = lastId;
    const symbol = field(value, "symbol");
    for (const [port, follower] of this.#followers) {
      if (event === "status" || follower.symbol === symbol) {
        post(port, { kind: "event", event, value });
      }
    }
  }

  /** The connection is lost: retries after a delay. */
  #lose(reason: string, asked = 0): void {
    this.#attempt?.abort.abort();
    this.#attempt = undefined;
    this.#lastId = "";
    this.#expectMisses();
    const delay = retryDelay(++this.#failures, asked);
    const since = this.#link.state === "lost" ? this.#link.since : Date.now();
    this.#setLink({ state: "lost", since, reason, retryAt: Date.now() + delay });
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #check(): void {
    if (++this.#ticks % BEAT_TICKS === 0) this.#postAll({ kind: "beat" });
    if (this.#attempt === undefined) return;
    const quiet = Date.now() - this.#heard;
    if (quiet >= DEAD_MS) this.#lose("the service is silent");
    else if (quiet >= SILENCE_MS && this.#link.state !== "lost") {
      this.#setLink({ state: "silent", since: this.#heard });
    }
  }

  #setLink(link: Link): void {
    if (link.state !== "lost" && link.state === this.#link.state) return;
    this.#link = link;
    this.#postAll({ kind: "link", link });
  }

  #postAll(message: HubMessage): void {
    for (const port of this.#followers.keys()) post(port, message);
  }
}

function post(port: MessagePort, message: HubMessage): void {
  port.postMessage(message);
}

/** Parses JSON; undefined if it is malformed. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A field of a decoded JSON object; undefined if there is none. */
function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
