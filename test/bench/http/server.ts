/**
 * A server of nothing but streams: 4 events a second of 850 bytes to everyone. Its first argument
 * says over what: `deno` (Deno.serve) or `node` (node:http behind our adapter).
 *
 * @module
 */
import { createServer } from "node:http";
import process from "node:process";
import { EventHub } from "../../../service/serve/event_hub.ts";
import { send } from "../../../service/serve/http/answer.ts";
import { Refusals } from "../../../service/serve/http/refusals.ts";
import { toRequest } from "../../../service/serve/http/request.ts";
import { streamRoutes } from "../../../service/serve/routes/stream.ts";
import { StreamGate } from "../../../service/serve/stream_gate.ts";
import type { LogEvent } from "../../../service/bus/event_log.ts";

const [kind, port] = process.argv.slice(2);
const hub = new EventHub();
const gate = new StreamGate(20_000, hub, new Refusals());
const app = streamRoutes({ symbols: ["BTCUSDT"], hub, gate });
let next = Promise.withResolvers<readonly LogEvent[]>();
let count = 0;

async function* read() {
  while (true) yield await next.promise;
}

const nothing = { events: [], position: "x:0" };
hub.attach({
  log: { start: "x:0", end: "x:0", read },
  store: { has: () => false, page: () => nothing },
});
const json = JSON.stringify({ x: "y".repeat(830) });
setInterval(() => {
  const events = Array.from({ length: 4 }, (): LogEvent => ({
    ...{ id: `x:${++count}`, kind: count % 2 ? "signal" : "bar", symbol: "BTCUSDT" },
    ...{ timestamp: count, backfill: false, json },
  }));
  const now = (performance.timeOrigin + performance.now()).toFixed(3);
  process.stderr.write(events.map(({ id }) => `STAMP ${id} ${now}\n`).join(""));
  const ready = next;
  next = Promise.withResolvers();
  ready.resolve(events);
}, 1000);

if (kind === "deno") {
  Deno.serve({ hostname: "127.0.0.1", port: Number(port), onListen() {} }, app.fetch);
} else {
  createServer(async (incoming, response) => {
    const request = toRequest(incoming);
    if (request !== undefined) await send(await app.fetch(request), response);
  }).listen(Number(port), "127.0.0.1");
}
