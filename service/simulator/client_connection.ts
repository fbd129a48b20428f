import type { WebSocket } from "ws";
import type { ConnectionFaults } from "./faults/connection_faults.ts";
import type { OutgoingFrame } from "./faults/frame_faults.ts";
import type { FrameStyle } from "./frames.ts";
import type { SocketSink } from "./socket_sink.ts";
import { aggTradeSymbol, type Subscription } from "./streams.ts";

/** The limits of a WebSocket connection; all times in real milliseconds. */
export interface ConnectionLimits {
  /** Interval of the server's pings. */
  readonly pingIntervalMs: number;
  /** A client that does not answer a ping for this long is dropped. */
  readonly pongTimeoutMs: number;
  /** Longest life of a connection. */
  readonly lifetimeMs: number;
  /** A client with more bytes than this in its send buffer is dropped. */
  readonly maxBufferedBytes: number;
}

/**
 * Binance's limits (web-socket-streams.md): a ping every 20 seconds, a pong within a minute, 24
 * hours a connection. How much it buffers for a slow client is not published.
 */
export const BINANCE_LIMITS: ConnectionLimits = {
  pingIntervalMs: 20_000,
  pongTimeoutMs: 60_000,
  lifetimeMs: 24 * 3_600_000,
  maxBufferedBytes: 16 * 1024 * 1024,
};

/** Close code "policy violation", RFC 6455 section 7.4.1. */
const POLICY_VIOLATION = 1008;

/** Parts of a {@link ClientConnection}. */
export interface ClientConnectionOptions {
  readonly socket: WebSocket;
  readonly sink: SocketSink;
  /** The faults that frames pass before the sink. */
  readonly faults: ConnectionFaults;
  readonly subscription: Subscription;
  readonly limits: ConnectionLimits;
  /** Real time at which the connection opened, ms. */
  readonly now: number;
  /** Receives the reason when a client is dropped. */
  readonly log: (message: string) => void;
}

/** One WebSocket client of the simulator. */
export class ClientConnection {
  /** Markets whose trades the client subscribed to, upper case. Other streams carry nothing. */
  readonly symbols: ReadonlySet<string>;
  readonly style: FrameStyle;
  readonly #sink: SocketSink;
  readonly #faults: ConnectionFaults;
  readonly #limits: ConnectionLimits;
  readonly #log: (message: string) => void;
  readonly #openedAt: number;
  #pingedAt: number;
  #unansweredSince: number | undefined;

  constructor({ socket, sink, faults, subscription, limits, now, log }: ClientConnectionOptions) {
    const { streams, combined, timeUnit } = subscription;
    this.#sink = sink;
    this.#faults = faults;
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

  /**
   * Sends text frames in one write, or drops the client when its send buffer is full.
   *
   * @param until Exchange time up to which (inclusive) the frames are complete, ms UTC.
   */
  send(frames: readonly OutgoingFrame[], until: number): void {
    if (!this.#sink.open) return;
    const { waiting } = this.#sink;
    if (waiting > this.#limits.maxBufferedBytes) {
      this.#drop(`${waiting} bytes are buffered for a slow client: dropped`);
      return;
    }
    this.#sink.together(() => {
      for (const frame of frames) this.#faults.send(frame);
      this.#faults.advance(until);
    });
  }

  /** Sends the frames that faults hold back; no frame will follow. */
  flush(time: number): void {
    if (this.#sink.open) this.#sink.together(() => this.#faults.flush(time));
  }

  /** Announces a shutdown to the client, and closes after a lead of exchange time. */
  shutdown(time: number, lead: number): void {
    if (this.#sink.open) this.#faults.shutdown(time, lead);
  }

  /**
   * Pings when a ping is due, and ends the connection when its pong is overdue or its life is over.
   *
   * @param now Real time, ms.
   */
  keepAlive(now: number): void {
    if (!this.#sink.open) return;
    const { pingIntervalMs, pongTimeoutMs, lifetimeMs } = this.#limits;
    if (now - (this.#unansweredSince ?? now) > pongTimeoutMs) {
      this.#drop(`no pong for ${pongTimeoutMs / 1000} s: client dropped`);
    } else if (now - this.#openedAt >= lifetimeMs) {
      this.#log(`a connection reached its lifetime of ${lifetimeMs / 3_600_000} h: closed`);
      this.#sink.close(POLICY_VIOLATION, "connection lifetime is over");
    } else if (now - this.#pingedAt >= pingIntervalMs) {
      this.#pingedAt = now;
      this.#unansweredSince ??= now;
      this.#sink.ping(String(now));
    }
  }

  /** Ends the connection without a closing handshake. */
  terminate(): void {
    this.#sink.terminate();
  }

  #drop(reason: string): void {
    this.#log(reason);
    this.terminate();
  }
}
