import type { WebSocket } from "ws";
import type { FaultLine } from "./faults/fault_line.ts";
import type { OutgoingFrame } from "./faults/frame_faults.ts";
import type { FrameStyle } from "./frames.ts";
import type { ConnectionLimits } from "./limits.ts";
import type { Outlet } from "./outlet.ts";
import { aggTradeSymbol, type Subscription } from "./streams.ts";

/** Close code "policy violation", RFC 6455 section 7.4.1. */
const POLICY_VIOLATION = 1008;

/** What a {@link Connection} is made of. */
export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly outlet: Outlet;
  /** What frames pass before the outlet. */
  readonly line: FaultLine;
  readonly subscription: Subscription;
  readonly limits: ConnectionLimits;
  /** Real time at which the connection opened, ms. */
  readonly now: number;
  /** Told why the stand-in drops a client. */
  readonly log: (message: string) => void;
}

/** One WebSocket client of the stand-in. */
export class Connection {
  /** Markets whose trades the client subscribed to, upper case; others are silent. */
  readonly symbols: ReadonlySet<string>;
  readonly style: FrameStyle;
  readonly #outlet: Outlet;
  readonly #line: FaultLine;
  readonly #limits: ConnectionLimits;
  readonly #log: (message: string) => void;
  readonly #openedAt: number;
  #pingedAt: number;
  #unansweredSince: number | undefined;

  constructor({ socket, outlet, line, subscription, limits, now, log }: ConnectionOptions) {
    const { streams, combined, timeUnit } = subscription;
    this.#outlet = outlet;
    this.#line = line;
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
   * Sends text frames in one go, or drops the client when too much waits for it already.
   *
   * @param until Exchange time up to which (inclusive) these are all, ms UTC.
   */
  send(frames: readonly OutgoingFrame[], until: number): void {
    if (!this.#outlet.open) return;
    const { waiting } = this.#outlet;
    if (waiting > this.#limits.maxBufferedBytes) {
      this.#drop(`${waiting} bytes wait for a slow client: dropped`);
      return;
    }
    this.#outlet.together(() => {
      for (const frame of frames) this.#line.send(frame);
      this.#line.advance(until);
    });
  }

  /** Sends what faults hold back, as no frame will follow. */
  flush(time: number): void {
    if (this.#outlet.open) this.#outlet.together(() => this.#line.flush(time));
  }

  /** Tells the client that the server shuts down, and closes after a lead of exchange time. */
  shutdown(time: number, lead: number): void {
    if (this.#outlet.open) this.#line.shutdown(time, lead);
  }

  /**
   * Pings when it is time to, and ends the connection when its pong is overdue or its time is up.
   *
   * @param now Real time, ms.
   */
  keepAlive(now: number): void {
    if (!this.#outlet.open) return;
    const { pingIntervalMs, pongTimeoutMs, lifetimeMs } = this.#limits;
    if (now - (this.#unansweredSince ?? now) > pongTimeoutMs) {
      this.#drop(`no pong for ${pongTimeoutMs / 1000} s: client dropped`);
    } else if (now - this.#openedAt >= lifetimeMs) {
      this.#log(`a connection is ${lifetimeMs / 3_600_000} h old: closed`);
      this.#outlet.close(POLICY_VIOLATION, "connection lifetime is over");
    } else if (now - this.#pingedAt >= pingIntervalMs) {
      this.#pingedAt = now;
      this.#unansweredSince ??= now;
      this.#outlet.ping(String(now));
    }
  }

  /** Cuts the connection without ceremony. */
  terminate(): void {
    this.#outlet.terminate();
  }

  #drop(reason: string): void {
    this.#log(reason);
    this.terminate();
  }
}
