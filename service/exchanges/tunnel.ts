import { connect, type Socket } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { connect as connectTls } from "node:tls";
import { portOf } from "../../data/common/proxy.ts";

/** A proxy that does not answer for this long is given up, ms. */
const TIMEOUT_MS = 5000;
/** Largest head of an answer to CONNECT, bytes. */
const MAX_HEAD = 1 << 14;
const END_OF_HEAD = "\r\n\r\n";

/** A proxy's address without the password, for people. */
export function describeProxy({ protocol, host }: URL): string {
  return `the proxy ${protocol}//${host}`;
}

/** What an HTTP status of a proxy means, for people. */
function refusalText(status: number): string {
  return status === 407
    ? "requires a user name and a password, as in http://name:password@host:port (HTTP 407)"
    : `refused the connection (HTTP ${status})`;
}

function connectTo(proxy: URL): Socket {
  const host = proxy.hostname.replace(/^\[|\]$/g, "");
  const port = Number(portOf(proxy));
  return proxy.protocol === "https:"
    ? connectTls({ host, port, servername: host })
    : connect({ host, port });
}

function requestOf(proxy: URL, target: URL): string {
  const address = `${target.hostname}:${portOf(target)}`;
  const login = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = login === ":"
    ? ""
    : `Proxy-Authorization: Basic ${new TextEncoder().encode(login).toBase64()}\r\n`;
  return `CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n${authorization}\r\n`;
}

/**
 * Opens a connection to a URL's host through an HTTP proxy, by CONNECT (RFC 9110, 9.3.6), and
 * encrypts it where the protocol is `wss:`.
 *
 * @throws Error naming the proxy when it fails or refuses.
 */
export async function openTunnel(proxy: URL, target: URL): Promise<Socket> {
  const name = describeProxy(proxy);
  const socket = connectTo(proxy);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`${name} did not answer within ${TIMEOUT_MS / 1000} s`)),
    TIMEOUT_MS,
  );
  let head = "";
  const onData = (bytes: Uint8Array) => {
    head += bytes.reduce((text, byte) => text + String.fromCharCode(byte), "");
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0 && head.length < MAX_HEAD) return;
    const [, status] = /^HTTP\/1\.[01] (\d{3})/.exec(head) ?? [];
    if (status === undefined) return reject(new Error(`${name} does not speak HTTP`));
    if (!status.startsWith("2")) return reject(new Error(`${name} ${refusalText(Number(status))}`));
    // In a tunnel the client speaks first.
    if (head.length !== end + END_OF_HEAD.length) {
      return reject(new Error(`${name} sent data before the exchange was asked`));
    }
    resolve();
  };
  const onError = ({ message }: Error) => reject(new Error(`${name} failed: ${message}`));
  const onClose = () => reject(new Error(`${name} closed the connection`));
  socket.on("data", onData).on("error", onError).on("close", onClose);
  socket.once(proxy.protocol === "https:" ? "secureConnect" : "connect", () => {
    socket.write(requestOf(proxy, target));
  });
  try {
    await promise;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off("data", onData).off("close", onClose);
    // The listener of errors stays: an error of a socket that nobody listens to ends the process.
  }
  return target.protocol === "wss:" ? connectTls({ socket, servername: target.hostname }) : socket;
}
