import { EventEmitter } from "node:events";
import type { OpenSocket, Socket } from "../../service/exchanges/socket.ts";

/** A socket whose other side is the test. */
export class FakeSocket extends EventEmitter implements Socket {
  readonly url: string;
  terminated = false;

  constructor(url: string) {
    super();
    this.url = url;
  }

  /** Completes the handshake. */
  open(): void {
    this.emit("open");
  }

  /** Delivers a text message. */
  send(text: string): void {
    this.emit("message", new TextEncoder().encode(text));
  }

  /** Refuses the handshake with an HTTP status. */
  refuse(statusCode: number, headers: Record<string, string> = {}): void {
    this.emit("unexpected-response", {}, { statusCode, headers, destroy: () => {} });
  }

  /** Closes from the other side. */
  close(code = 1006): void {
    this.emit("close", code);
  }

  /** Fails, then closes. */
  fail(message: string): void {
    this.emit("error", new Error(message));
    this.close();
  }

  terminate(): void {
    if (this.terminated) return;
    this.terminated = true;
    this.close();
  }
}

/** Opens fake sockets, and keeps them in the order in which they were opened. */
export class FakeSockets {
  readonly all: FakeSocket[] = [];

  readonly open: OpenSocket = (url) => {
    const socket = new FakeSocket(url);
    this.all.push(socket);
    return socket;
  };

  /** The socket opened last. */
  get last(): FakeSocket {
    const socket = this.all.at(-1);
    if (socket === undefined) throw new RangeError("Cannot take a socket as none was opened");
    return socket;
  }

  /** Sockets that have not been terminated. */
  get alive(): readonly FakeSocket[] {
    return this.all.filter(({ terminated }) => !terminated);
  }
}
