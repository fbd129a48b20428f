import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { Client } from "../client.ts";
import { faulty, START, tradeId } from "./faulty.ts";

const TARGET = "/ws/btcusdt@aggTrade";

const ids = (client: Client) => client.frames.map(tradeId);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

test("stall: the socket stays open and answers, but frames of that time never come", async () => {
  const { exchange, timers } = await faulty("stall 30s every 100s");
  const client = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(250_000);
  await client.settle();
  expect(ids(client)).toEqual([...range(0, 100), ...range(130, 200), ...range(230, 251)]);
  expect(client.socket.readyState).toBe(client.socket.OPEN);
  expect(exchange.faults).toMatchObject({ counts: { stall: 2 }, disconnects: 0 });
});

test("stall: frames that were held until that time are lost, and those that were held in it", async () => {
  const spec = "stall 30s at 100s; delay at 95s for 5s by 10s; delay at 105s for 1s by 60s";
  const { exchange, timers } = await faulty(spec);
  const client = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(200_000);
  await client.settle();
  expect(ids(client)).toEqual([...range(0, 95), ...range(130, 201)]);
  expect(exchange.faults.counts.delay).toBe(5);
});

test("held frames that are due come before the close", async () => {
  const { exchange, timers } = await faulty("close 1000 at 56s; delay at 50s for 1s by 5500ms");
  const client = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(200_000);
  expect(await client.closed).toBe(1000);
  expect(ids(client)).toEqual([...range(0, 50), ...range(51, 56), 50]);
});

test.each([1000, 1001, 1011, 4000])(
  "close: with code %i, after the frames before that time",
  async (code) => {
    const { exchange, timers } = await faulty(`close ${code} at 10s`);
    const client = await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(60_000);
    expect(await client.closed).toBe(code);
    expect(ids(client)).toEqual(range(0, 10));
    expect(exchange.faults).toMatchObject({ counts: { close: 1 }, disconnects: 1 });
  },
);

test("a moment at the clock's very start hits the first connection", async () => {
  const { exchange, timers } = await faulty("close 1000 at 00:00");
  const client = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(20);
  expect(await client.closed).toBe(1000);
  expect(ids(client)).toEqual([]);
});

test("close at an interval: every client that is connected then, and none before", async () => {
  const { exchange, timers } = await faulty("close 1001 every 60s", { speed: 10 });
  const [one, two] = [
    await Client.connect(exchange.wsUrl + TARGET),
    await Client.connect(exchange.wsUrl + TARGET),
  ];
  timers.advance(5999);
  await one.settle();
  await two.settle();
  expect(exchange.faults.disconnects).toBe(0);
  timers.advance(1);
  expect([await one.closed, await two.closed]).toEqual([1001, 1001]);
  const next = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(5999);
  await next.settle();
  expect(ids(next)).toEqual(range(61, 120));
  timers.advance(1);
  expect(await next.closed).toBe(1001);
  expect(exchange.faults.disconnects).toBe(3);
});

test("reset: the client's TCP connection breaks, not ends", async () => {
  const { exchange, timers } = await faulty("reset at 10s");
  const client = await Client.connect(exchange.wsUrl + TARGET);
  // A WebSocket does not tell a reset from an end.
  const { hostname, port } = new URL(exchange.url);
  const tcp = connect(Number(port), hostname);
  const broken = new Promise<Error>((resolve) => tcp.once("error", resolve));
  tcp.write(
    `GET ${TARGET} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(tcp, "data");
  tcp.resume();
  timers.advance(20_000);
  expect(await client.closed).toBe(1006);
  expect(await broken).toMatchObject({ code: "ECONNRESET" });
  expect(exchange.faults).toMatchObject({ counts: { reset: 2 }, disconnects: 2 });
});

test("a rate affects each connection by itself, at some frame", async () => {
  const { exchange, timers } = await faulty("seed=2; close 1000 0.5%");
  const clients = [
    await Client.connect(exchange.wsUrl + TARGET),
    await Client.connect(exchange.wsUrl + TARGET),
  ];
  timers.advance(1_100_000);
  for (const client of clients) expect(await client.closed).toBe(1000);
  const [first, second] = clients.map((client) => client.frames.length);
  expect(first).not.toBe(second);
  expect(exchange.faults.counts.close).toBe(2);
});

describe("shutdown", () => {
  test.each([
    [TARGET, `{"e":"serverShutdown","E":${START + 10_000}}`],
    [
      "/stream?streams=btcusdt@aggTrade",
      `{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":${START + 10_000}}}`,
    ],
    [
      `${TARGET}?timeUnit=MICROSECOND`,
      `{"e":"serverShutdown","E":${START + 10_000}000}`,
    ],
  ])("is announced at its time to %s; trades continue until the close", async (target, notice) => {
    const { exchange, timers } = await faulty("shutdown at 10s lead 5s");
    const client = await Client.connect(exchange.wsUrl + target);
    timers.advance(60_000);
    expect(await client.closed).toBe(1001);
    expect(client.frames[10]).toBe(notice);
    expect(client.frames).toHaveLength(10 + 1 + 5);
    expect(exchange.faults).toMatchObject({ counts: { shutdown: 1 }, disconnects: 1 });
  });

  test("can be started by a call; clients that connect in the meantime stay", async () => {
    const { exchange, timers } = await faulty("");
    const old = await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(5000);
    exchange.shutdown(20_000);
    await old.until(() => old.frames.some((frame) => frame.includes("serverShutdown")));
    const fresh = await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(19_000);
    await old.settle();
    expect(old.socket.readyState).toBe(old.socket.OPEN);
    timers.advance(1000);
    expect(await old.closed).toBe(1001);
    timers.advance(60_000);
    await fresh.settle();
    expect(fresh.socket.readyState).toBe(fresh.socket.OPEN);
    const told = ids(old).filter((id) => id !== undefined);
    expect(told).toEqual(range(0, 25));
    expect(ids(fresh)).toEqual(range(6, 86));
    expect(exchange.faults).toMatchObject({ counts: { shutdown: 1 }, disconnects: 1 });
  });
});

test("lifetime: each connection ends at that age of exchange time", async () => {
  const { exchange, timers } = await faulty("lifetime 100s", { speed: 5 });
  const first = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(10_000);
  const second = await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(10_000);
  expect(await first.closed).toBe(1008);
  await second.settle();
  expect(second.socket.readyState).toBe(second.socket.OPEN);
  timers.advance(10_020);
  expect(await second.closed).toBe(1008);
  expect(ids(first)).toEqual(range(0, 100));
  expect(exchange.faults).toMatchObject({ counts: { lifetime: 2 }, disconnects: 2 });
});

test("an hour without trades does not delay what is due", async () => {
  const { exchange, timers } = await faulty("close 1000 at 30s", { count: 40 });
  const silent = await Client.connect(`${exchange.wsUrl}/ws/nosuchcoin@aggTrade`);
  await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(35_000);
  expect(await silent.closed).toBe(1000);
});

test("faults are logged once a minute and at the end", async () => {
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  const { exchange, timers } = await faulty("drop 50%; close 1000 at 200s", { log });
  await Client.connect(exchange.wsUrl + TARGET);
  timers.advance(59_000);
  expect(lines).toEqual([]);
  timers.advance(1000);
  timers.advance(59_000);
  await exchange.close();
  expect(lines).toEqual([
    expect.stringMatching(/^faults so far: drop \d+, close 0, disconnects 0$/),
    expect.stringMatching(/^faults in total: drop \d+, close 0, disconnects 0$/),
  ]);
});
