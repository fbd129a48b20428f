import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { FrameSink } from "./faults/fault_line.ts";

/** The WebSocket of a client, as far as frames go out of it. */
export class Outlet implements FrameSink {
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

  /** Bytes that wait for the client to read. */
  get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** Runs what sends several frames, and puts them on the wire in one go. */
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

  /** Cuts the connection without ceremony. */
  terminate(): void {
    this.#socket.terminate();
  }
}
