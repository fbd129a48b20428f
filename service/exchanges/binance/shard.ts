import type { AttemptBudget } from "./attempts.ts";
import type { Backoff } from "../../../data/common/retry.ts";
import { Connection, type ConnectionEnd } from "./connection.ts";
import type { Trade } from "../../../data/schema/trade.ts";

/** What a shard tells its feed, in the order in which it happens. */
export interface ShardListener {
  /** A trade arrived; `overlapping` while two connections bring the same trades. */
  trade(trade: Trade, overlapping: boolean): void;
  /** There is a connection now. */
  connected(): void;
  /** There is no connection any more, or still none. */
  disconnected(end: ConnectionEnd): void;
  /** A frame could not be used. */
  invalid(reason: string): void;
  /** A connection was replaced by a new one without a break. */
  handedOver(): void;
}

/** What a shard needs to know. */
export interface ShardOptions {
  /** Origin of the exchange's WebSocket. */
  readonly url: string;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  readonly listener: ShardListener;
  /** A socket without a trade for so long is dead, ms. */
  readonly silenceMs: number;
  /** A connection is replaced at this age, ms. */
  readonly renewAfterMs: number;
  /** So long the old connection and the new one run side by side, ms. */
  readonly overlapMs: number;
  readonly backoff: Backoff;
  readonly attempts: AttemptBudget;
}

/**
 * Keeps some symbols connected, over one socket, or over two while the one takes over from the
 * other. It loses nothing in silence: an interruption is told, and trade ids show what was missed.
 *
 * The exchange's rules (web-socket-streams.md): a connection lives 24 hours; before it closes one
 * it may send `serverShutdown`, with no fixed lead. In both cases the successor is opened first.
 */
export class Shard {
  readonly #options: ShardOptions;
  /** Connections that are opening or open, oldest first. */
  readonly #connections = new Set<Connection>();
  readonly #open = new Set<Connection>();
  /** A successor of an open connection is wanted. */
  #renewing = false;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renew: ReturnType<typeof setTimeout> | undefined;
  #retire: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: ShardOptions) {
    this.#options = options;
  }

  /** Opens the first connection. */
  start(): void {
    this.#connect();
  }

  /** Ends all connections; the listener hears nothing more. */
  close(): void {
    this.#closed = true;
    for (const timer of [this.#retry, this.#renew, this.#retire]) clearTimeout(timer);
    for (const connection of this.#connections) connection.end();
  }

  #connect(): void {
    const { url, symbols, silenceMs, listener, backoff, attempts } = this.#options;
    attempts.note();
    const connection = new Connection({
      url,
      symbols,
      silenceMs,
      listener: {
        opened: () => this.#opened(connection),
        trade: (trade) => {
          backoff.reset();
          listener.trade(trade, this.#open.size > 1);
        },
        invalid: (reason) => listener.invalid(reason),
        shutdown: () => this.#renewNow(connection),
        closed: (end) => this.#ended(connection, end),
      },
    });
    this.#connections.add(connection);
  }

  #opened(connection: Connection): void {
    const { listener, renewAfterMs, overlapMs } = this.#options;
    const first = this.#open.size === 0;
    this.#open.add(connection);
    clearTimeout(this.#renew);
    this.#renew = setTimeout(() => this.#renewNow(connection), renewAfterMs);
    if (first) {
      this.#renewing = false;
      listener.connected();
    } else {
      this.#retire = setTimeout(() => this.#retireBefore(connection), overlapMs);
    }
  }

  /** Opens the successor of a connection; both run until it has taken over. */
  #renewNow(connection: Connection): void {
    if (this.#renewing || !this.#open.has(connection)) return;
    this.#renewing = true;
    this.#schedule(0);
  }

  #retireBefore(successor: Connection): void {
    if (!this.#open.has(successor)) return;
    for (const connection of this.#connections) {
      if (connection === successor) continue;
      connection.end();
      this.#connections.delete(connection);
      this.#open.delete(connection);
    }
    this.#renewing = false;
    this.#options.listener.handedOver();
  }

  #ended(connection: Connection, end: ConnectionEnd): void {
    if (this.#closed) return;
    this.#connections.delete(connection);
    const wasOpen = this.#open.delete(connection);
    const { size } = this.#open;
    if (size === 0) this.#options.listener.disconnected(end);
    if (wasOpen && size === 1 && this.#renewing) {
      // The old one went by itself once the new one was there.
      clearTimeout(this.#retire);
      this.#renewing = false;
      this.#options.listener.handedOver();
    }
    const wanted = this.#renewing ? 2 : 1;
    if (this.#connections.size < wanted) {
      this.#schedule(Math.max(end.waitMs, this.#options.backoff.next()));
    }
  }

  /** Connects after a wait, or a longer one that the exchange's limit asks for. */
  #schedule(waitMs: number): void {
    const wait = Math.max(waitMs, this.#options.attempts.wait);
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), wait);
  }
}
