import type { Clock } from "../../data/common/clock.ts";
import { errorMessage } from "../../data/common/errors.ts";
import { Backoff, type Random, type RetryPolicy } from "../../data/common/retry.ts";
import type { ExchangeTraits, Refusal, StreamProtocol, StreamSink } from "./exchange.ts";
import { type OpenSocket, type Socket, tlsRefusal } from "./socket.ts";

/** Limits the connection attempts of all streams together. */
export interface AttemptLimiter {
  /** Wait before the next attempt, ms; 0 when one is allowed now. */
  readonly waitMs: number;
  /** Counts an attempt that is made now. */
  count(): void;
}

/** What a stream works with. */
export interface StreamOptions {
  readonly protocol: StreamProtocol;
  readonly traits: Pick<ExchangeTraits, "socketLifetimeMs" | "overlapMs" | "silenceMs">;
  /** Markets, upper case; they share a socket. */
  readonly symbols: readonly string[];
  readonly sink: StreamSink;
  readonly attempts: AttemptLimiter;
  readonly openSocket: OpenSocket;
  readonly clock: Clock;
  readonly random?: Random;
}

const RECONNECT: RetryPolicy = { firstMs: 500, maxMs: 30_000 };
/** A trade that the exchange's history has may still arrive within this time, ms. */
const IN_FLIGHT_MS = 2000;
/** Share of the lifetime after which a socket is replaced: 23 of 24 hours. */
const RENEWAL_AGE = 23 / 24;
/** Share by which the sockets' ages at renewal differ, so that not all are replaced at once. */
const RENEWAL_SPREAD = 0.04;

/** A socket that is opening or open. */
interface Link {
  readonly socket: Socket;
  /** Aborted when the socket has ended. */
  readonly lifetime: AbortController;
  ended: boolean;
  /** Monotonic time of opening and, later, of the last trade, ms; undefined while opening. */
  lastTradeAt: number | undefined;
  /** Why the socket is ending, where that is known before it has closed. */
  refusal: Refusal | undefined;
  silent: boolean;
}

/**
 * The trades of some symbols over one socket, or over two while a successor takes over. It never
 * loses trades silently: interruptions are reported, and trade ids show what was missed.
 *
 * A socket is replaced before the exchange closes it for its age, and when the exchange announces a
 * shutdown. The successor is opened first; once it is open, both run for the overlap time. A socket
 * that is open but does not carry the trades that there are is dead, even if it answers pings, and is
 * ended. One whose markets are quiet stays.
 */
export class ReconnectingStream {
  readonly #options: StreamOptions;
  readonly #backoff: Backoff;
  /** Age at which a socket is replaced, ms. */
  readonly #renewAfterMs: number;
  /** Sockets that are opening or open, oldest first. */
  readonly #links = new Set<Link>();
  readonly #open = new Set<Link>();
  /** A successor of the open socket is wanted. */
  #renewing = false;
  /** The next attempt, the renewal of the youngest socket, the end of its predecessors. */
  readonly #timers = new Map<"connect" | "renew" | "retire", AbortController>();
  #closed = false;

  constructor(options: StreamOptions) {
    const { traits, random = Math.random } = options;
    this.#options = options;
    this.#backoff = new Backoff(RECONNECT, random);
    this.#renewAfterMs = traits.socketLifetimeMs * RENEWAL_AGE * (1 - RENEWAL_SPREAD * random());
  }

  /** Opens the first socket. */
  start(): void {
    this.#connect();
  }

  /** Ends all sockets; the sink receives nothing more. */
  close(): void {
    this.#closed = true;
    for (const timer of this.#timers.values()) timer.abort();
    for (const link of this.#links) this.#end(link);
  }

  #connect(): void {
    const { protocol, symbols, sink, attempts, openSocket, clock } = this.#options;
    attempts.count();
    const socket = openSocket(protocol.url(symbols));
    const link: Link = {
      socket,
      lifetime: new AbortController(),
      ended: false,
      lastTradeAt: undefined,
      refusal: undefined,
      silent: false,
    };
    this.#links.add(link);
    socket.on("open", () => {
      if (link.ended) return;
      link.lastTradeAt = clock.monotonic();
      this.#watch(link, link.lastTradeAt).catch(() => {});
      this.#opened(link);
    });
    socket.on("message", (data) => {
      if (link.ended || !(data instanceof Uint8Array)) return;
      const frame = protocol.decode(data);
      if (frame.kind === "trade") {
        link.lastTradeAt = clock.monotonic();
        this.#backoff.reset();
        sink.trade(frame.trade, this.#open.size > 1);
      } else if (frame.kind === "invalid") {
        sink.invalid(frame.reason);
      } else if (frame.kind === "shutdown") {
        this.#renew(link);
      }
    });
    socket.on("unexpected-response", (_request, response) => {
      link.refusal = protocol.refusal(response.statusCode ?? 0, response.headers["retry-after"]);
      response.destroy();
      socket.terminate();
    });
    socket.on("error", (error) => {
      const what = link.lastTradeAt === undefined ? "cannot reach" : "lost the connection to";
      const message = `${what} ${protocol.origin}: ${error.message || error.name}`;
      link.refusal ??= tlsRefusal(error) ?? { message, waitMs: 0 };
    });
    socket.on("close", (code) => {
      if (link.ended) return;
      this.#lost(
        link,
        link.refusal ??
          { message: `${protocol.origin} closed the connection (code ${code})`, waitMs: 0 },
      );
    });
  }

  #opened(link: Link): void {
    const { symbols, sink, traits } = this.#options;
    const first = this.#open.size === 0;
    this.#open.add(link);
    this.#after(this.#renewAfterMs, "renew", () => this.#renew(link));
    if (first) {
      sink.connected(symbols);
    } else {
      this.#after(traits.overlapMs, "retire", () => this.#retireBefore(link));
    }
  }

  /** Opens the successor of a socket. */
  #renew(link: Link): void {
    if (this.#renewing || !this.#open.has(link)) return;
    this.#renewing = true;
    this.#connectAfter(0);
  }

  #retireBefore(successor: Link): void {
    if (!this.#open.has(successor)) return;
    for (const link of this.#links) if (link !== successor) this.#end(link);
    this.#handedOver();
  }

  #handedOver(): void {
    this.#renewing = false;
    this.#options.sink.handedOver(this.#options.symbols);
  }

  #lost(link: Link, end: Refusal): void {
    const wasOpen = this.#open.has(link);
    this.#end(link);
    const { size } = this.#open;
    if (size === 0) {
      // A successor that is still opening is no successor any more.
      this.#renewing = false;
      return this.#interrupted(link, end);
    }
    if (wasOpen && size === 1 && this.#renewing) {
      // The old socket ended by itself while the overlap lasted.
      this.#timers.get("retire")?.abort();
      this.#handedOver();
    }
    if (this.#renewing && this.#links.size < 2) this.#connectAfter(this.#retryWait(end));
  }

  /** No socket is open; one may be opening. */
  #interrupted({ silent }: Link, end: Refusal): void {
    const { symbols, sink } = this.#options;
    const isOpening = this.#links.size > 0;
    const retryMs = isOpening ? 0 : this.#retryWait(end);
    sink.disconnected(symbols, { reason: end.message, silent, retryMs });
    if (!isOpening) this.#connectAfter(retryMs);
  }

  #retryWait({ waitMs }: Refusal): number {
    return Math.max(waitMs, this.#backoff.next(), this.#options.attempts.waitMs);
  }

  #end(link: Link): void {
    link.ended = true;
    link.lifetime.abort();
    this.#links.delete(link);
    this.#open.delete(link);
    link.socket.terminate();
  }

  /** Ends a socket that is open but dead. Rejects once the socket has ended otherwise. */
  async #watch(link: Link, openedAt: number): Promise<void> {
    const { clock, traits: { silenceMs } } = this.#options;
    for (let checkedAt = openedAt;;) {
      const since = link.lastTradeAt ?? openedAt;
      const leftMs = Math.max(since, checkedAt) + silenceMs - clock.monotonic();
      if (leftMs > 0) {
        await clock.sleep(leftMs, link.lifetime.signal);
        continue;
      }
      const message = await this.#causeOfDeath(link, since);
      link.lifetime.signal.throwIfAborted();
      if (message !== undefined) {
        link.silent = true;
        link.refusal = { message, waitMs: 0 };
        return link.socket.terminate();
      }
      checkedAt = clock.monotonic();
    }
  }

  /** Why a socket without a trade since a time (monotonic, ms) is dead; undefined when it is not. */
  async #causeOfDeath(link: Link, since: number): Promise<string | undefined> {
    const { symbols, sink, clock } = this.#options;
    const silentMs = clock.monotonic() - since;
    const silence = `no trade for ${Math.round(silentMs / 100) / 10} s`;
    const isSilent = () => (link.lastTradeAt ?? since) <= since;
    try {
      if (!await sink.missedTrades(symbols, silentMs)) return undefined;
    } catch (error) {
      const why = errorMessage(error);
      return isSilent() ? `${silence}, and the exchange does not say if any: ${why}` : undefined;
    }
    await clock.sleep(IN_FLIGHT_MS, link.lifetime.signal);
    return isSilent() ? `${silence} while there were some` : undefined;
  }

  /** Connects after a wait, or after a longer one that the limit of attempts requires. */
  #connectAfter(waitMs: number): void {
    const wait = Math.max(waitMs, this.#options.attempts.waitMs);
    this.#after(wait, "connect", () => this.#connect());
  }

  /** Runs a task after a wait; a later one of the same name replaces it. */
  #after(ms: number, name: "connect" | "renew" | "retire", task: () => void): void {
    this.#timers.get(name)?.abort();
    if (this.#closed) return;
    const timer = new AbortController();
    this.#timers.set(name, timer);
    this.#options.clock.sleep(ms, timer.signal).then(
      () => timer.signal.aborted || task(),
      () => {},
    );
  }
}
