import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { systemClock } from "../../../../data/common/clock.ts";
import { createBinance } from "../../../../service/exchanges/binance/binance.ts";
import type { ExchangeTraits } from "../../../../service/exchanges/exchange.ts";
import { RecordingSink } from "../../../support/recording_sink.ts";
import { until } from "../../../support/until.ts";

interface ServerSide {
  readonly url: string;
  /** Open sockets, oldest first. */
  readonly sockets: readonly WebSocket[];
  /** Targets of all handshakes. */
  readonly targets: readonly string[];
  /** Answers further handshakes with a status instead. */
  refuse(status: number | undefined, headers?: string): void;
  /** Sends the trade to all sockets. */
  trade(id: number, symbol?: string): void;
}

/** Waits until a condition holds, on a slow machine too. */
function seen(what: string, isSo: () => boolean): Promise<true> {
  return until(what, () => isSo() || undefined, 300_000);
}

function frame(id: number, symbol: string): string {
  const now = Date.now();
  return JSON.stringify({
    stream: `${symbol.toLowerCase()}@aggTrade`,
    data: {
      ...{ e: "aggTrade", E: now, s: symbol, a: id, p: "100.00", q: "1.00" },
      ...{ f: id, l: id, T: now, m: false, M: true },
    },
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return isAddress(address) ? address.port : 0;
}

function isAddress(address: unknown): address is AddressInfo {
  return typeof address === "object" && address !== null && "port" in address;
}

async function startServer(): Promise<ServerSide> {
  const sockets: WebSocket[] = [];
  const targets: string[] = [];
  let refusal: string | undefined;
  const server = createServer();
  const webSockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, wire, head) => {
    targets.push(request.url ?? "");
    if (refusal !== undefined) {
      wire.end(refusal);
      return;
    }
    webSockets.handleUpgrade(request, wire, head, (socket) => {
      sockets.push(socket);
      socket.on("close", () => sockets.splice(sockets.indexOf(socket), 1));
    });
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.terminate();
    server.close();
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    sockets,
    targets,
    refuse(status, headers = "") {
      refusal = status === undefined
        ? undefined
        : `HTTP/1.1 ${status} No\r\n${headers}Content-Length: 0\r\n\r\n`;
    },
    trade(id, symbol = "BTCUSDT") {
      for (const socket of sockets) socket.send(frame(id, symbol));
    },
  };
}

function listenTo(server: Pick<ServerSide, "url">, traits: Partial<ExchangeTraits> = {}) {
  const exchange = createBinance({
    wsUrl: server.url,
    restUrl: "http://127.0.0.1:9",
    clock: systemClock,
    traits,
  });
  const sink = new RecordingSink();
  onTestFinished(() => exchange.close());
  exchange.stream(["BTCUSDT", "ETHUSDT"], sink);
  return sink;
}

test("the symbols of a stream share a socket", async () => {
  const server = await startServer();
  const { events } = listenTo(server);
  await seen("connection", () => events.includes("connected"));
  expect(server.targets).toEqual(["/stream?streams=btcusdt@aggTrade/ethusdt@aggTrade"]);
});

test("a socket is replaced before its lifetime ends, and both run until the new one has taken over", async () => {
  const server = await startServer();
  const { events } = listenTo(server, { socketLifetimeMs: 400, overlapMs: 2000 });
  await seen("connection", () => events.includes("connected"));
  server.trade(1);
  await seen("overlap", () => server.sockets.length === 2);
  server.trade(2);
  await seen("hand-over", () => events.includes("handed over"));
  await seen("one socket", () => server.sockets.length === 1);
  server.trade(3);
  await seen("trade", () => events.includes("3"));
  expect(events.slice(0, 5)).toEqual([
    "connected",
    "1",
    "overlapping 2",
    "overlapping 2",
    "handed over",
  ]);
  expect(events).not.toContain("disconnected");
});

test.each([
  ["raw", JSON.stringify({ e: "serverShutdown", E: 1 })],
  ["combined", JSON.stringify({ stream: "!serverShutdown", data: { e: "serverShutdown" } })],
])("on serverShutdown, %s, the successor takes over before the close", async (_name, message) => {
  const server = await startServer();
  const { events } = listenTo(server, { overlapMs: 5000 });
  await seen("connection", () => events.includes("connected"));
  const [old] = server.sockets;
  old?.send(message);
  await seen("overlap", () => server.sockets.length === 2);
  server.trade(1);
  old?.close(1012);
  await seen("hand-over", () => events.includes("handed over"));
  server.trade(2);
  await seen("trade", () => events.includes("2"));
  expect(events).toEqual(["connected", "overlapping 1", "overlapping 1", "handed over", "2"]);
});

test("when the successor is refused the old socket continues", async () => {
  const server = await startServer();
  const { events } = listenTo(server, { overlapMs: 50 });
  await seen("connection", () => events.includes("connected"));
  server.refuse(503);
  server.sockets[0]?.send(JSON.stringify({ e: "serverShutdown" }));
  await seen("second handshake", () => server.targets.length === 2);
  server.trade(1);
  await seen("trade", () => events.includes("1"));
  server.refuse(undefined);
  await seen("hand-over", () => events.includes("handed over"));
  expect(events).not.toContain("disconnected");
});

test.each([
  [451, "", "region", 30_000],
  [403, "", "firewall", 15_000],
  [429, "Retry-After: 7\r\n", "too many requests", 7000],
  [418, "Retry-After: 120\r\n", "banned", 120_000],
  [502, "", "HTTP 502", 0],
])(
  "a handshake refused with %i says why and how long to stay away",
  async (status, headers, word, waitMs) => {
    const server = await startServer();
    server.refuse(status, headers);
    const { ends } = listenTo(server);
    await seen("refusal", () => ends.length > 0);
    expect(ends[0]?.silent).toBe(false);
    expect(ends[0]?.retryMs).toBeGreaterThanOrEqual(waitMs);
    // Without a wait that the exchange asks for it is that of the first attempt.
    expect(ends[0]?.retryMs).toBeLessThanOrEqual(Math.max(waitMs, 500));
    expect(ends[0]?.reason).toContain(word);
  },
);

test("an untrusted certificate is reported as such", async () => {
  const server = await startServer();
  const { ends } = listenTo({ ...server, url: server.url.replace("ws:", "wss:") });
  await seen("refusal", () => ends.length > 0);
  expect(ends[0]).toMatchObject({ retryMs: 30_000 });
  expect(ends[0]?.reason).toContain("no trusted connection");
});

test("an open socket without trades is dead", async () => {
  const server = await startServer();
  const { events, ends } = listenTo(server, { silenceMs: 100 });
  await seen("end", () => ends.length > 0);
  expect(ends[0]).toMatchObject({
    silent: true,
    reason: "no trade for 0.1 s while there were some",
  });
  await seen("reconnection", () => events.filter((word) => word === "connected").length === 2);
});

test("invalid frames are reported by the kind of error", async () => {
  const server = await startServer();
  const { events } = listenTo(server);
  await seen("connection", () => events.includes("connected"));
  for (const text of ["{", "[]", '{"e":"aggTrade"}']) server.sockets[0]?.send(text);
  server.trade(1);
  await seen("trade", () => events.includes("1"));
  expect(events.filter((word) => word.startsWith("invalid"))).toHaveLength(3);
});
