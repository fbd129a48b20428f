import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { FrameSink } from "./faults/connection_faults.ts";

/** The sending side of a client's WebSocket. */
export class SocketSink implements FrameSink {
  readonly #socket: WebSocket;
  readonly #wire: Duplex;

  /** @param wire The connection below the WebSocket. */
  constructor(socket: WebSocket, wire: Duplex) {
    this.#socket = socket;
    this.#wire = wire;
  }

  get open(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  /** Bytes in the send buffer. */
  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** Puts all frames that `send` sends on the wire in one write. */
  together(send: () => void): void {
    this.#wire.cork();
    send();
    this.#wire.uncork();
  }

  send(bytes: Uint8Array, binary: boolean): void {
    this.#socket.send(bytes, { binary });
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  reset(): void {
    if (this.#wire instanceof Socket) this.#wire.resetAndDestroy();
    else this.#wire.destroy();
  }

  ping(payload: string): void {
    this.#socket.ping(payload);
  }

  /** Ends the connection without a closing handshake. */
  terminate(): void {
    this.#socket.terminate();
  }
}
