/**
 * More connections than the service may have, of clients that say nothing, and more streams than it
 * may have; then the same of a service that believes it has more descriptors than there are.
 *
 * @module
 */
import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { report, request, silent, Target } from "./service.ts";

async function flood(target: Target, count: number, text: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let i = 0; i < count; i++) {
    sockets.push(silent(target.port, text));
    if (i % 100 === 99) await sleep(20);
  }
  while (sockets.some(({ connecting }) => connecting)) await sleep(200);
  await sleep(2000);
  return sockets;
}

async function attack(what: string, target: Target, count: number, text: string): Promise<void> {
  const before = target.rss;
  const sockets = await flood(target, count, text);
  const during = await target.ask("/healthz");
  const rss = target.rss;
  const streams = await target.metric("subscribers");
  for (const socket of sockets) socket.destroy();
  const start = performance.now();
  while (target.alive && (await target.ask("/healthz")).status !== 200) await sleep(100);
  report(what, {
    alive: String(target.alive),
    "RSS MiB before": before,
    "RSS MiB": rss,
    "streams in the flood": streams,
    "health in the flood": during.status,
    "answers again after ms": performance.now() - start,
    refused: await target.metric('refused_total{bound="connections"}'),
    "refused streams": await target.metric('refused_total{bound="streams"}'),
    "listener restarts": await target.metric("listener_restarts_total"),
  });
}

const COUNT = 6000;
const target = await Target.start({ env: { MAX_CONNECTIONS: "4000", MAX_STREAMS: "3000" } });
await attack(`${COUNT} silent connections`, target, COUNT, "");
await attack(`${COUNT} streams`, target, COUNT, request("/api/v1/stream"));
await target.end();

const small = await Target.start({ files: 400, believes: 20_000 });
await attack("600 connections, 400 descriptors, 20,000 believed", small, 600, "");
await small.end();
