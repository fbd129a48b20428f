import { onTestFinished } from "vitest";
import { type ClientOptions, WebSocket } from "ws";

/** A WebSocket client that keeps what it receives. */
export class Client {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  /** Payloads of the server's pings. */
  readonly pings: string[] = [];
  readonly closed: Promise<number>;
  #onEvent = () => {};

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on("message", (data) => {
      this.frames.push(String(data));
      this.#onEvent();
    });
    socket.on("ping", (data) => {
      this.pings.push(String(data));
      this.#onEvent();
    });
    this.closed = new Promise((resolve) => socket.on("close", resolve));
  }

  /** Connects; the connection ends with the test. */
  static connect(url: string, options: ClientOptions = {}): Promise<Client> {
    const socket = new WebSocket(url, options);
    const client = new Client(socket);
    onTestFinished(() => socket.terminate());
    return new Promise((resolve, reject) => {
      socket.on("open", () => resolve(client));
      socket.on("error", reject);
    });
  }

  /** Waits until something that was received makes the condition true. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#onEvent = resolve);
  }

  /** Waits until the server has read all that this client has sent so far. */
  settle(): Promise<void> {
    return new Promise((resolve) => {
      this.socket.once("pong", () => resolve());
      this.socket.ping();
    });
  }

  /** Waits for so many frames in all and gives them, decoded. */
  async events(count: number): Promise<unknown[]> {
    await this.until(() => this.frames.length >= count);
    return this.frames.slice(0, count).map((frame) => JSON.parse(frame));
  }
}

/** How a WebSocket handshake is refused. */
export interface HandshakeRefusal {
  readonly status: number | undefined;
  readonly text: string;
  /** Header `Retry-After`. */
  readonly retryAfter: string | undefined;
}

/** HTTP status, text and `Retry-After` with which a WebSocket handshake is refused. */
export function refusal(url: string): Promise<HandshakeRefusal> {
  const socket = new WebSocket(url);
  return new Promise((resolve, reject) => {
    socket.on("open", () => reject(new Error("the handshake succeeded")));
    socket.on("error", () => {});
    socket.on("unexpected-response", (_request, response) => {
      let text = "";
      response.on("data", (chunk) => text += chunk);
      const retryAfter = response.headers["retry-after"];
      response.on("end", () => resolve({ status: response.statusCode, text, retryAfter }));
    });
  });
}
