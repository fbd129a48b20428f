/**
 * A WebSocket server in a process of its own that sends pre-encoded frames, so that it is not the
 * bottleneck. It prints its port. `/flood?symbols=N&trades=N` sends as fast as the socket allows;
 * `/paced?rate=N&trades=N` sends a number per second, with the send time, us UTC, as trade id.
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { symbolNames, tradeFrames, webSocketFrame } from "./frames.ts";

/** RFC 6455, 1.3. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CHUNK_BYTES = 1 << 16;
const CLOSE_FRAME = Uint8Array.of(0x88, 2, 0x03, 0xe8);
const TRADES_PER_MINUTE = 60_000;

/** Encoded floods, by symbols and trades. */
const floods = new Map<string, Buffer>();

function floodOf(symbols: number, trades: number): Buffer {
  const key = `${symbols} ${trades}`;
  let flood = floods.get(key);
  if (flood === undefined) {
    const frames = tradeFrames(trades, symbolNames(symbols), TRADES_PER_MINUTE);
    flood = Buffer.concat([...frames].map(webSocketFrame));
    floods.set(key, flood);
  }
  return flood;
}

async function flood(socket: Duplex, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    if (!socket.write(bytes.subarray(at, at + CHUNK_BYTES))) await once(socket, "drain");
  }
}

async function pace(socket: Duplex, rate: number, trades: number): Promise<void> {
  const frames = [...tradeFrames(trades, symbolNames(1), TRADES_PER_MINUTE)];
  const start = performance.now();
  for (const [i, frame] of frames.entries()) {
    const wait = start + i * 1000 / rate - performance.now();
    if (wait > 0) await sleep(wait);
    const sent = Math.floor((performance.timeOrigin + performance.now()) * 1000);
    socket.write(webSocketFrame(frame.replace(/"f":\d+,"l":\d+/, `"f":${sent},"l":${sent}`)));
  }
}

const server = createServer();
server.on("upgrade", async (request, socket: Duplex) => {
  socket.on("error", () => socket.destroy());
  const { pathname, searchParams } = new URL(request.url ?? "/", "ws://localhost");
  const number = (name: string) => Number(searchParams.get(name));
  const bytes = pathname === "/flood" ? floodOf(number("symbols"), number("trades")) : undefined;
  const key = `${request.headers["sec-websocket-key"]}${KEY_SUFFIX}`;
  const accept = createHash("sha1").update(key).digest("base64");
  socket.write(
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  );
  if (bytes === undefined) await pace(socket, number("rate"), number("trades"));
  else await flood(socket, bytes);
  socket.end(CLOSE_FRAME);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" && address !== null ? address.port : "no port");
});
