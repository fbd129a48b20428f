import type { ClientRequestArgs, IncomingMessage } from "node:http";
import { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { Refusal } from "./exchange.ts";
import { openTunnel } from "./tunnel.ts";

/** The part of a WebSocket client that streams use. */
export interface Socket {
  on(event: "open", listener: () => void): unknown;
  on(event: "message", listener: (data: unknown) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: (code: number) => void): unknown;
  /** The handshake was refused; whoever listens must end the response. */
  on(
    event: "unexpected-response",
    listener: (request: unknown, response: RefusedHandshake) => void,
  ): unknown;
  /** Closes at once, without a closing handshake. */
  terminate(): void;
}

/** The answer to a refused handshake. */
export type RefusedHandshake = Pick<IncomingMessage, "statusCode" | "headers" | "destroy">;

/** Opens a socket to a URL. */
export type OpenSocket = (url: string) => Socket;

const HANDSHAKE_TIMEOUT_MS = 5000;
/** A trade has some 200 bytes; a message above this limit is a protocol violation. */
const MAX_MESSAGE_BYTES = 1 << 20;

const OPTIONS = {
  handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  maxPayload: MAX_MESSAGE_BYTES,
  perMessageDeflate: false,
  // The decoder checks what it reads.
  skipUTF8Validation: true,
};

/** Opens a WebSocket by `ws`, which answers pings by itself. */
export const openWebSocket: OpenSocket = (url) => new WebSocket(url, OPTIONS);

/** Opens WebSockets likewise, through an HTTP proxy. */
export function openThrough(proxy: URL): OpenSocket {
  return (url) => {
    const options: typeof OPTIONS & ClientRequestArgs = {
      ...OPTIONS,
      createConnection: (_options, done) => {
        openTunnel(proxy, new URL(url)).then(
          (connection) => done(null, connection),
          // Beside an error the stream is ignored.
          (error: Error) => done(error, new Duplex()),
        );
        return undefined;
      },
    };
    return new WebSocket(url, options);
  };
}

/** A certificate is not corrected within seconds, ms. */
const TLS_MS = 30_000;
/** Node's error codes for certificates start like this. */
const TLS_CODE = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH)/;
const TLS_TEXT = /certificate|TLS|SSL/i;

/** Why an encrypted connection cannot be made; undefined for any other error. */
export function tlsRefusal(error: Error): Refusal | undefined {
  const code = "code" in error ? String(error.code) : "";
  if (!TLS_CODE.test(code) && !TLS_TEXT.test(error.message)) return undefined;
  return {
    message: `no trusted connection (${error.message || code}); check this machine's clock, and ` +
      "whether a proxy intercepts connections to the exchange",
    waitMs: TLS_MS,
  };
}
