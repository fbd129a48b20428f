import { type RawData, WebSocket } from "ws";
import { Backoff } from "./backoff.ts";
import { decodeFrame } from "./decode.ts";
import type { Trade } from "./trade.ts";

/** What a feed tells its listener, in the order in which it happens. */
export interface FeedListener {
  /** A trade arrived. */
  trade(trade: Trade): void;
  /** A connection stands; trades may have been missed before it. */
  connected(): void;
  /**
   * The connection is gone or has fallen silent; trades may be missed from now on.
   *
   * @param reason What happened, for people.
   * @param silent True when the socket was open but no trade came.
   */
  disconnected(reason: string, silent: boolean): void;
  /** A frame could not be used. */
  invalid(reason: string): void;
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
  /** Bounds of the wait between two attempts, ms. */
  readonly backoff?: Backoff;
}

const SILENCE_MS = 60_000;
const HANDSHAKE_TIMEOUT_MS = 5000;
const FIRST_WAIT_MS = 500;
/** 300 attempts in 5 minutes are allowed an address. */
const LONGEST_WAIT_MS = 30_000;
/** A trade frame has some 200 bytes; a frame beyond this is none. */
const MAX_FRAME_BYTES = 1 << 20;

function explainRefusal(status: number | undefined): string {
  if (status === 451) {
    return "the exchange does not serve this region (HTTP 451); set BINANCE_WS_URL to one that does";
  }
  if (status === 403) return "a firewall of the exchange refuses this address (HTTP 403)";
  if (status === 429 || status === 418) return `too many connection attempts (HTTP ${status})`;
  return `the exchange refused the connection (HTTP ${status})`;
}

/**
 * One combined WebSocket to the exchange for all symbols. Connects, decodes, watches for silence
 * and reconnects with back-off until closed. It loses nothing in silence: every interruption is
 * told to the listener, and trade ids show what was missed.
 */
export class Feed {
  readonly #options: FeedOptions;
  readonly #backoff: Backoff;
  readonly #silenceMs: number;
  #socket: WebSocket | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #lastTradeAt = 0;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS);
    this.#silenceMs = options.silenceMs ?? SILENCE_MS;
  }

  /** Opens the first connection. */
  start(): void {
    const streams = this.#options.symbols.map((symbol) => `${symbol.toLowerCase()}@aggTrade`);
    const socket = new WebSocket(`${this.#options.url}/stream?streams=${streams.join("/")}`, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
    });
    this.#socket = socket;
    let reason: string | undefined;
    let silent = false;
    let opened = false;
    socket.on("open", () => {
      opened = true;
      this.#options.listener.connected();
      this.#watch(() => {
        reason = `no trade for ${this.#silenceMs / 1000} s`;
        silent = true;
        socket.terminate();
      });
    });
    socket.on("message", (data: RawData) => this.#receive(String(data)));
    socket.on("unexpected-response", (_request, response) => {
      reason = explainRefusal(response.statusCode);
      response.destroy();
      socket.terminate();
    });
    socket.on("error", (error) => {
      const what = opened ? "lost the connection to" : "cannot reach";
      reason ??= `${what} ${this.#options.url}: ${error.message || error.name}`;
    });
    socket.on("close", (code) => {
      clearTimeout(this.#watchdog);
      if (this.#closed) return;
      reason ??= `${this.#options.url} closed the connection (code ${code})`;
      this.#options.listener.disconnected(reason, silent);
      this.#retry = setTimeout(() => this.start(), this.#backoff.next());
    });
  }

  /** Ends the feed; the listener hears nothing more. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retry);
    this.#socket?.terminate();
  }

  #receive(text: string): void {
    if (this.#closed) return;
    const frame = decodeFrame(text);
    if (frame.kind === "trade") {
      this.#backoff.reset();
      this.#lastTradeAt = performance.now();
      this.#options.listener.trade(frame.trade);
    } else if (frame.kind === "invalid") {
      this.#options.listener.invalid(frame.reason);
    } else if (frame.kind === "shutdown") {
      this.#socket?.close();
    }
  }

  /** One timer for the whole connection: it looks how old the last trade is and sleeps on. */
  #watch(onSilence: () => void): void {
    this.#lastTradeAt = performance.now();
    const look = () => {
      const left = this.#lastTradeAt + this.#silenceMs - performance.now();
      if (left <= 0) onSilence();
      else this.#watchdog = setTimeout(look, left);
    };
    this.#watchdog = setTimeout(look, this.#silenceMs);
  }
}
