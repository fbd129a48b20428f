import { WebSocket } from "ws";
import { decodeFrame } from "./decode.ts";
import { type Refusal, refusalOfStatus, refusalOfTls } from "./refusal.ts";
import type { Trade } from "../../../data/schema/trade.ts";

/** Why a connection ended, or did not come about. */
export interface ConnectionEnd {
  /** For people. */
  readonly reason: string;
  /** Least wait that the exchange asks for before the next attempt, ms. */
  readonly waitMs: number;
  /** True when the socket was open but no trade came. */
  readonly silent: boolean;
}

/** What a connection tells its owner, in the order in which it happens. */
export interface ConnectionListener {
  opened(): void;
  trade(trade: Trade): void;
  /** A frame could not be used. */
  invalid(reason: string): void;
  /** The exchange is going to close the connection. */
  shutdown(): void;
  /** The end, told once unless the owner ended it. */
  closed(end: ConnectionEnd): void;
}

/** Where to connect to. */
export interface ConnectionOptions {
  /** Origin of the exchange's WebSocket. */
  readonly url: string;
  /** Markets, upper case, at most 1,024. */
  readonly symbols: readonly string[];
  /** A socket without a trade for so long is dead, ms. */
  readonly silenceMs: number;
  readonly listener: ConnectionListener;
}

const HANDSHAKE_TIMEOUT_MS = 5000;
/** A trade frame has some 200 bytes; a frame beyond this is none. */
const MAX_FRAME_BYTES = 1 << 20;

/**
 * One combined WebSocket to the exchange.
 *
 * The exchange's rules (web-socket-streams.md): `/stream?streams=<symbol>@aggTrade/...` with symbols
 * in lower case; a ping every 20 seconds, whose pong `ws` sends by itself; a connection lives 24
 * hours. A socket that stays open without data is dead, whatever its pings say.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: WebSocket;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #lastTradeAt = 0;
  #opened = false;
  #ended = false;
  #refusal: Refusal | undefined;
  #silent = false;

  /** Connects at once. */
  constructor(options: ConnectionOptions) {
    this.#options = options;
    const streams = options.symbols.map((symbol) => `${symbol.toLowerCase()}@aggTrade`);
    const socket = new WebSocket(`${options.url}/stream?streams=${streams.join("/")}`, {
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
      perMessageDeflate: false,
      // The decoder checks what it reads.
      skipUTF8Validation: true,
    });
    this.#socket = socket;
    socket.on("open", () => {
      if (this.#ended) return;
      this.#opened = true;
      this.#watch();
      options.listener.opened();
    });
    socket.on("message", (data) => {
      if (data instanceof Uint8Array) this.#receive(data);
    });
    socket.on("unexpected-response", (_request, response) => {
      const { statusCode = 0, headers } = response;
      this.#refusal = refusalOfStatus(statusCode, headers["retry-after"]);
      response.destroy();
      socket.terminate();
    });
    socket.on("error", (error) => {
      const what = this.#opened ? "lost the connection to" : "cannot reach";
      this.#refusal ??= refusalOfTls(error) ??
        { message: `${what} ${options.url}: ${error.message || error.name}`, waitMs: 0 };
    });
    socket.on("close", (code) => this.#close(code));
  }

  /** Ends the connection; its listener hears nothing more. */
  end(): void {
    this.#ended = true;
    clearTimeout(this.#watchdog);
    this.#socket.terminate();
  }

  #close(code: number): void {
    clearTimeout(this.#watchdog);
    if (this.#ended) return;
    this.#ended = true;
    const { message: reason, waitMs } = this.#refusal ??
      { message: `${this.#options.url} closed the connection (code ${code})`, waitMs: 0 };
    this.#options.listener.closed({ reason, waitMs, silent: this.#silent });
  }

  #receive(data: Uint8Array): void {
    if (this.#ended) return;
    const frame = decodeFrame(data);
    const { listener } = this.#options;
    if (frame.kind === "trade") {
      this.#lastTradeAt = performance.now();
      listener.trade(frame.trade);
    } else if (frame.kind === "invalid") {
      listener.invalid(frame.reason);
    } else if (frame.kind === "shutdown") {
      listener.shutdown();
    }
  }

  /** One timer for the whole connection: it looks how old the last trade is and sleeps on. */
  #watch(): void {
    const { silenceMs } = this.#options;
    this.#lastTradeAt = performance.now();
    const look = () => {
      const left = this.#lastTradeAt + silenceMs - performance.now();
      if (left > 0) {
        this.#watchdog = setTimeout(look, left);
        return;
      }
      this.#silent = true;
      this.#refusal = { message: `no trade for ${silenceMs / 1000} s`, waitMs: 0 };
      this.#socket.terminate();
    };
    this.#watchdog = setTimeout(look, silenceMs);
  }
}
