import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { RestResponse } from "./rest/response.ts";
import { parseTarget, type Refusal, type Subscription } from "./streams.ts";

/** The longest message that a client may send, bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** How a server handles handshakes and requests. */
export interface ServerHandler {
  /** Why any handshake fails now; undefined when it may proceed. */
  refuse(): Refusal | undefined;
  /** Responds to a request; `target` is the path and query of the request line. */
  respond(method: string, target: string): RestResponse;
  /** Accepts a WebSocket client; `wire` is the connection below it. */
  accept(webSocket: WebSocket, wire: Duplex, subscription: Subscription): void;
  /** Receives the errors of handshakes. */
  log(message: string): void;
}

function refuse(wire: Duplex, { status, message, retryAfterSeconds }: Refusal): void {
  const body = `${message}\n`;
  const retryAfter = retryAfterSeconds === undefined ? "" : `Retry-After: ${retryAfterSeconds}\r\n`;
  wire.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${
        Buffer.byteLength(body)
      }\r\n${retryAfter}ClientConnection: close\r\n\r\n${body}`,
    () => wire.destroy(),
  );
}

/** Sends a response. One that is never delivered waits until the client or the server gives up. */
function deliver(
  { status, headers, body, delivery }: RestResponse,
  response: ServerResponse,
): void {
  if (delivery === "never") return;
  if (delivery === undefined) {
    response.writeHead(status, headers).end(body);
    return;
  }
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, "content-length": String(bytes.length) });
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
}

/** An HTTP server for REST that upgrades to WebSocket on the stream paths; not listening yet. */
export function makeServer(handler: ServerHandler): Server {
  const webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: MAX_MESSAGE_BYTES,
  });
  const server = createServer((request, response) => {
    deliver(handler.respond(request.method ?? "", request.url ?? "/"), response);
  });
  server.on("upgrade", (request: IncomingMessage, wire: Duplex, head: Buffer) => {
    wire.on("error", (error) => handler.log(`handshake: ${error.message}`));
    const subscription = handler.refuse() ?? parseTarget(request.url ?? "/");
    if ("status" in subscription) {
      refuse(wire, subscription);
    } else {
      webSockets.handleUpgrade(request, wire, head, (webSocket) => {
        handler.accept(webSocket, wire, subscription);
      });
    }
  });
  return server;
}

/**
 * Binds a port.
 *
 * @throws Error with the system's code, e.g. `EADDRINUSE`.
 */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      const address = server.address();
      if (address === null || typeof address === "string") reject(new TypeError("no TCP address"));
      else resolve(address);
    });
  });
}

/** Frees the port and ends all HTTP connections; their owner ends the WebSockets. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
