import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { FrameStyle } from "./frames.ts";
import type { ConnectionLimits } from "./limits.ts";
import { aggTradeSymbol, type Subscription } from "./streams.ts";

/** Close code "policy violation", RFC 6455 section 7.4.1. */
const POLICY_VIOLATION = 1008;

/** One WebSocket client of the stand-in. */
export class Connection {
  /** Markets whose trades the client subscribed to, upper case; others are silent. */
  readonly symbols: ReadonlySet<string>;
  readonly style: FrameStyle;
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #limits: ConnectionLimits;
  readonly #log: (message: string) => void;
  readonly #openedAt: number;
  #pingedAt: number;
  #unansweredSince: number | undefined;

  /**
   * @param wire The connection below the WebSocket.
   * @param now Real time at which the connection opened, ms.
   * @param log Told why the stand-in drops a client.
   */
  constructor(
    socket: WebSocket,
    wire: Duplex,
    { streams, combined, timeUnit }: Subscription,
    limits: ConnectionLimits,
    now: number,
    log: (message: string) => void,
  ) {
    this.#socket = socket;
    this.#wire = wire;
    this.#limits = limits;
    this.#log = log;
    this.#openedAt = this.#pingedAt = now;
    this.symbols = new Set(streams.map(aggTradeSymbol).filter((symbol) => symbol !== undefined));
    this.style = { combined, timeUnit };
    socket.on("pong", () => {
      this.#unansweredSince = undefined;
    });
    socket.on("error", (error) => log(`WebSocket client: ${error.message}`));
  }

  /** Sends text frames in one go, or drops the client when too much waits for it already. */
  send(frames: readonly Uint8Array[]): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const waiting = this.#socket.bufferedAmount;
    if (waiting > this.#limits.maxBufferedBytes) {
      this.#drop(`${waiting} bytes wait for a slow client: dropped`);
      return;
    }
    this.#wire.cork();
    for (const frame of frames) this.#socket.send(frame, { binary: false });
    this.#wire.uncork();
  }

  /**
   * Pings when it is time to, and ends the connection when its pong is overdue or its time is up.
   *
   * @param now Real time, ms.
   */
  keepAlive(now: number): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { pingIntervalMs, pongTimeoutMs, lifetimeMs } = this.#limits;
    if (now - (this.#unansweredSince ?? now) > pongTimeoutMs) {
      this.#drop(`no pong for ${pongTimeoutMs / 1000} s: client dropped`);
    } else if (now - this.#openedAt >= lifetimeMs) {
      this.#log(`a connection is ${lifetimeMs / 3_600_000} h old: closed`);
      this.#socket.close(POLICY_VIOLATION, "connection lifetime is over");
    } else if (now - this.#pingedAt >= pingIntervalMs) {
      this.#pingedAt = now;
      this.#unansweredSince ??= now;
      this.#socket.ping(String(now));
    }
  }

  /** Cuts the connection without ceremony. */
  terminate(): void {
    this.#socket.terminate();
  }

  #drop(reason: string): void {
    this.#log(reason);
    this.terminate();
  }
}
