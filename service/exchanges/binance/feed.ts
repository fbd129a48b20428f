import { AttemptBudget } from "./attempts.ts";
import { Backoff, type RetryPolicy } from "../../../data/common/retry.ts";
import type { ConnectionEnd } from "./connection.ts";
import { Shard } from "./shard.ts";
import type { Trade } from "../../../data/schema/trade.ts";

/** What a feed tells its listener, in the order in which it happens. */
export interface FeedListener {
  /** A trade arrived; `overlapping` while two connections bring the same trades. */
  trade(trade: Trade, overlapping: boolean): void;
  /** Some symbols have a connection; trades may have been missed before it. */
  connected(symbols: readonly string[]): void;
  /** Some symbols have no connection; trades may be missed from now on. */
  disconnected(symbols: readonly string[], end: ConnectionEnd): void;
  /** A frame could not be used; `reason` is the same for the same kind of fault. */
  invalid(reason: string): void;
  /** A connection was replaced by a new one without a break. */
  handedOver(): void;
}

/** What a feed needs to know. */
export interface FeedOptions {
  /** Origin of the exchange's WebSocket. */
  readonly url: string;
  /** Markets, upper case. */
  readonly symbols: readonly string[];
  readonly listener: FeedListener;
  /** A socket without a trade for so long is dead, ms. */
  readonly silenceMs?: number;
  /** A connection is replaced at this age, ms. */
  readonly renewAfterMs?: number;
  /** So long the old connection and the new one run side by side, ms. */
  readonly overlapMs?: number;
}

/** Few enough that one socket's trades never wait for another's, many enough to need few sockets. */
const SYMBOLS_A_SOCKET = 128;
const SILENCE_MS = 60_000;
/** "A connection lives 24 h, so a new one is opened before (about 23 h)". */
const RENEW_AFTER_MS = 23 * 3_600_000;
/** Share of that by which sockets differ, so that they are not all replaced at once. */
const RENEW_SPREAD = 0.04;
const OVERLAP_MS = 5000;
const RECONNECT: RetryPolicy = { firstMs: 500, maxMs: 30_000 };

/** Cuts a list into pieces of at most `size`. */
function cut<Item>(items: readonly Item[], size: number): Item[][] {
  const pieces: Item[][] = [];
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size));
  return pieces;
}

/** All symbols' trades as they arrive, over as few combined WebSockets as it takes. */
export class Feed {
  readonly #shards: readonly Shard[];

  constructor(options: FeedOptions) {
    const { url, listener, renewAfterMs = RENEW_AFTER_MS } = options;
    const attempts = new AttemptBudget();
    this.#shards = cut(options.symbols, SYMBOLS_A_SOCKET).map((symbols) =>
      new Shard({
        url,
        symbols,
        silenceMs: options.silenceMs ?? SILENCE_MS,
        renewAfterMs: renewAfterMs * (1 - RENEW_SPREAD * Math.random()),
        overlapMs: options.overlapMs ?? OVERLAP_MS,
        backoff: new Backoff(RECONNECT),
        attempts,
        listener: {
          trade: (trade, overlapping) => listener.trade(trade, overlapping),
          connected: () => listener.connected(symbols),
          disconnected: (end) => listener.disconnected(symbols, end),
          invalid: (reason) => listener.invalid(reason),
          handedOver: () => listener.handedOver(),
        },
      })
    );
  }

  /** Number of sockets that it takes. */
  get sockets(): number {
    return this.#shards.length;
  }

  /** Opens the connections. */
  start(): void {
    for (const shard of this.#shards) shard.start();
  }

  /** Ends the feed; the listener hears nothing more. */
  close(): void {
    for (const shard of this.#shards) shard.close();
  }
}
