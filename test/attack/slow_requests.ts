/**
 * Clients that send no byte, that send a request's headers a line at a time and never end them, that
 * announce a body and send none, and that ask for more than they can have at once.
 *
 * @module
 */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { report, request, silent, Target } from "./service.ts";

const COUNT = 1000;
const LIMIT_MS = 90_000;

const target = await Target.start();

/** Waits until the service has closed the connections; how long that took, ms. */
async function closed(sockets: readonly Socket[], trickle: () => void): Promise<number> {
  const start = performance.now();
  const ended = new Set<Socket>();
  for (const socket of sockets) {
    socket.on("close", () => ended.add(socket));
    socket.on("end", () => ended.add(socket));
  }
  while (ended.size < sockets.length && performance.now() - start < LIMIT_MS) {
    trickle();
    await sleep(1000);
  }
  return ended.size < sockets.length ? NaN : performance.now() - start;
}

async function attack(what: string, text: string, trickle = "") {
  const sockets = Array.from({ length: COUNT }, () => silent(target.port, text));
  for (const socket of sockets) socket.resume();
  await sleep(1000);
  const { ms } = await target.ask("/healthz");
  const all = await closed(sockets, () => {
    if (trickle !== "") {
      for (const socket of sockets) if (socket.writable) socket.write(trickle);
    }
  });
  report(`${COUNT} ${what}`, {
    "closed after ms": all,
    "a request meanwhile ms": ms,
    RSS: target.rss,
  });
  for (const socket of sockets) socket.destroy();
}

await attack("connections that say nothing", "");
await attack("requests that never end", "GET / HTTP/1.1\r\nHost: x\r\n", "X-A: b\r\n");
await attack(
  "bodies that never come",
  "POST /api/v1/models/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n",
);
await attack("connections that ask for 20 pages at once", request("/").repeat(20));
await target.end();
