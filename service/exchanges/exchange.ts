import type { Kline } from "../../data/schema/kline.ts";
import type { Trade } from "../../data/schema/trade.ts";

/** What distinguishes an exchange from others, where ingestion depends on it. */
export interface ExchangeTraits {
  /** Aggregate trade ids of a symbol grow by one, so that a jump is a gap. */
  readonly contiguousTradeIds: boolean;
  /** Most decimals of a price or a quantity. */
  readonly decimals: number;
  /** Most symbols that share a socket. */
  readonly symbolsPerSocket: number;
  /** Age at which the exchange closes a socket, ms. */
  readonly socketLifetimeMs: number;
  /** Time for which a socket and its successor run side by side, ms. */
  readonly overlapMs: number;
  /** After this time without a trade on an open socket, it is checked whether it is dead, ms. */
  readonly silenceMs: number;
  /** Most trades in an answer of {@linkcode ExchangeRest.aggTrades}. */
  readonly tradesPerPage: number;
  /** Most klines in an answer to one request. */
  readonly klinesPerPage: number;
}

/** What a message of a stream contains. */
export type Frame =
  | { readonly kind: "trade"; readonly trade: Trade }
  /** The exchange is about to close the socket. */
  | { readonly kind: "shutdown" }
  /** Well-formed and of no interest, e.g. another stream. */
  | { readonly kind: "other" }
  /** Unusable; the same reason for the same kind of error, so that errors can be counted by it. */
  | { readonly kind: "invalid"; readonly reason: string };

/** Why an exchange refuses a request or a handshake. */
export interface Refusal {
  /** What happened and, where something can be done, what; for people. */
  readonly message: string;
  /** Minimum wait before the next attempt, ms; 0 leaves it to the retry policy. */
  readonly waitMs: number;
}

/** How to subscribe to an exchange's trades and how to decode them. Pure. */
export interface StreamProtocol {
  /** Origin of the WebSocket, for people. */
  readonly origin: string;
  /** URL of a socket that carries the trades of some symbols. */
  url(symbols: readonly string[]): string;
  /** Decodes a text message, which need not have been checked to be UTF-8. Never throws. */
  decode(message: Uint8Array): Frame;
  /**
   * The meaning of the HTTP status of a refused handshake.
   *
   * @param retryAfter The header of that name.
   */
  refusal(status: number, retryAfter: string | undefined): Refusal;
}

/** Why a socket ended, or could not be opened. */
export interface SocketEnd {
  /** For people. */
  readonly reason: string;
  /** Whether the socket was open, but did not carry the trades that there were. */
  readonly silent: boolean;
  /** Wait until the next attempt to connect, ms; at least as long as the exchange asks for. */
  readonly retryMs: number;
}

/** Takes what a stream delivers, in the order in which it happens. */
export interface StreamSink {
  /**
   * A trade arrived.
   *
   * @param overlapping Whether two sockets deliver the same trades at this time.
   */
  trade(trade: Trade, overlapping: boolean): void;
  /** A message was unusable; see {@linkcode Frame}. */
  invalid(reason: string): void;
  /** The symbols have a socket; trades before it may have been missed. */
  connected(symbols: readonly string[]): void;
  /** The symbols have no socket, or still none; trades may be missed from now on. */
  disconnected(symbols: readonly string[], end: SocketEnd): void;
  /** The symbols' socket was replaced by its successor without an interruption. */
  handedOver(symbols: readonly string[]): void;
  /**
   * The symbols' socket has been open without a trade for some time: whether the exchange's history
   * has trades of that time, so that the socket is dead and not the markets quiet.
   *
   * @param silentMs Time since the last trade, or since the socket opened, ms.
   * @throws Error when that cannot be found out.
   */
  missedTrades(symbols: readonly string[], silentMs: number): Promise<boolean>;
}

/** Which trades of an exchange's history are wanted: the latest, unless a start is given. */
export interface TradeQuery {
  /** First aggregate trade id, inclusive. */
  readonly fromId?: number;
  /** Earliest time, inclusive, ms UTC. */
  readonly startTime?: number;
  /** Most trades to return, up to {@linkcode ExchangeTraits.tradesPerPage}. */
  readonly limit: number;
}

/**
 * The purposes of requests; a later one yields to the earlier ones.
 *
 * - `repair`: trades that are missing, and minutes that have just ended
 * - `viewed`: history of markets that somebody looks at
 * - `history`: that of all others
 * - `audit`: klines to compare bars with
 */
export const PURPOSES = ["repair", "viewed", "history", "audit"] as const;

/** What a request is for. */
export type Purpose = typeof PURPOSES[number];

/**
 * What an exchange says of a market: it `trades`; it is known, but trading is `stopped`; or its name
 * is `unknown`.
 */
export type Listing = "trading" | "stopped" | "unknown";

/** An exchange's REST interface. Every method throws an Error where the exchange does not answer. */
export interface ExchangeRest {
  /** Request weight used in the current minute, as far as it is known. */
  readonly usedWeight: number;
  /** The exchange's time, ms UTC, and how long the answer took, ms. */
  time(): Promise<{ readonly serverTime: number; readonly roundTripMs: number }>;
  /**
   * One-minute klines of a range, oldest first, in as many requests as needed.
   *
   * @param from Open time of the first, ms UTC.
   * @param to End of the range, exclusive, ms UTC.
   * @param purpose `history` by default.
   */
  klines(symbol: string, from: number, to: number, purpose?: Purpose): Promise<readonly Kline[]>;
  /** Aggregate trades, oldest first; a void one, which only takes an id, has quantity 0. */
  aggTrades(symbol: string, query: TradeQuery): Promise<readonly Trade[]>;
  /** What the exchange says of each of some markets now, in as many requests as needed. */
  listings(symbols: readonly string[]): Promise<ReadonlyMap<string, Listing>>;
  /** The names of all markets, in the form in which they are asked for. */
  names(): Promise<readonly string[]>;
}

/** A market data source: streams and REST. */
export interface Exchange {
  /** Where it is, for people. */
  readonly origin: string;
  /** What to check when it cannot be reached, for people. */
  readonly advice: string;
  readonly traits: ExchangeTraits;
  readonly rest: ExchangeRest;
  /**
   * Streams the trades of some symbols into a sink and reconnects as often as necessary, until the
   * exchange is closed.
   *
   * @param symbols Upper case, at most {@linkcode ExchangeTraits.symbolsPerSocket}.
   */
  stream(symbols: readonly string[], sink: StreamSink): void;
  /**
   * Connects over REST and WebSocket once.
   *
   * @param signal Ends the attempt.
   * @throws Error that says why it failed, for people.
   */
  probe(signal: AbortSignal): Promise<void>;
  /** Ends all streams and requests; the sinks receive nothing more. */
  close(): void;
}
