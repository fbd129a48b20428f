import { describe, expect, test } from "vitest";
import { recordedMarket } from "../../../service/simulator/recorded/source.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import type { MarketSource } from "../../../service/simulator/source.ts";
import { Client, refusal } from "./client.ts";
import { writeTrades } from "./history_files.ts";
import { running } from "./running.ts";

/** 2024-05-01 00:00 UTC. */
const START = Date.UTC(2024, 4, 1);

/** A market of trades a second apart, with ids from 1. */
function recording(count: number, symbol = "BTCUSDT"): Promise<MarketSource> {
  const trades = Array.from({ length: count }, (_, i) => ({
    id: i + 1,
    price: "61837.63000000",
    quantity: "0.02000000",
    time: START + i * 1000,
    buyerIsMaker: i % 2 === 0,
  }));
  return recordedMarket({ trades: [writeTrades(`${symbol}-x.csv`, trades)] });
}

const FIRST = '"s":"BTCUSDT","a":1,"p":"61837.63000000","q":"0.02000000","f":10,"l":10,';

describe("a trade's frame", () => {
  test("is Binance's to the byte", async () => {
    const { exchange, timers } = await running({ source: await recording(3) });
    const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    timers.advance(20);
    await client.events(1);
    expect(client.frames).toEqual([
      `{"e":"aggTrade","E":${START + 20},${FIRST}"T":${START},"m":true,"M":true}`,
    ]);
  });

  test("is wrapped in a combined stream, and has microseconds on request", async () => {
    const { exchange, timers } = await running({ source: await recording(3) });
    const target = "/stream?streams=btcusdt@aggTrade&timeUnit=MICROSECOND";
    const client = await Client.connect(exchange.wsUrl + target);
    timers.advance(20);
    await client.events(1);
    const event = `{"e":"aggTrade","E":${START + 20}000,${FIRST}"T":${START}000,"m":true,"M":true}`;
    expect(client.frames).toEqual([`{"stream":"btcusdt@aggTrade","data":${event}}`]);
  });
});

describe("a recording", () => {
  test("waits for the first subscriber, who misses nothing, and stops at its end", async () => {
    const source = await recording(50);
    const messages: string[] = [];
    const log = (message: string) => messages.push(message);
    const { exchange, timers } = await running({ source, speed: 20, log });
    timers.advance(3_600_000);
    await Client.connect(`${exchange.wsUrl}/ws/nosuchcoin@aggTrade`);
    timers.advance(3_600_000);
    expect(exchange.now()).toBe(START);
    const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    timers.advance(1000);
    await client.events(21);
    expect(exchange.now()).toBe(START + 20_000);
    const late = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    timers.advance(100_000);
    expect(exchange.now()).toBe(START + 49_000);
    timers.advance(100_000);
    expect(await client.events(50)).toMatchObject(
      Array.from({ length: 50 }, (_, i) => ({ a: i + 1, T: START + i * 1000 })),
    );
    expect(await late.events(29)).toMatchObject(
      Array.from({ length: 29 }, (_, i) => ({ a: i + 22 })),
    );
    expect(messages.filter((message) => message.startsWith("all trades are sent"))).toHaveLength(1);
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });
});

test("several markets are merged by time; unknown streams carry nothing", async () => {
  const source = simulatedMarket({ seed: 1, symbols: ["BTCUSDT", "ETHUSDT"] });
  const start = Date.UTC(2025, 0, 2);
  const { exchange, timers } = await running({ source, start });
  const streams = "btcusdt@aggTrade/ethusdt@aggTrade/nosuchcoin@aggTrade/btcusdt@depth";
  const client = await Client.connect(`${exchange.wsUrl}/ws/${streams}`);
  timers.advance(60_000);
  const markets = ["BTCUSDT", "ETHUSDT"].map((symbol) => source.market(symbol));
  const expected = markets.flatMap((market) =>
    market?.trades(market.seek(start), market.seek(start + 60_001)) ?? []
  );
  const events = await client.events(expected.length);
  const times = events.map((event) =>
    event && typeof event === "object" && "T" in event && event.T
  );
  expect(times).toEqual(expected.map(({ time }) => time).toSorted((a, b) => a - b));
});

test.each([["/ws/", 404], ["/nothing", 404], ["/stream?streams=a//b", 400]])(
  "a handshake for %s is refused with HTTP %i and a reason",
  async (target, status) => {
    const { exchange } = await running({ source: await recording(1) });
    const answer = await refusal(exchange.wsUrl + target);
    expect(answer).toMatchObject({ status, text: expect.stringMatching(/\n$/) });
  },
);

describe("a connection", () => {
  test("is pinged every 20 s and dropped when no pong comes within a minute", async () => {
    const { exchange, timers } = await running({ source: await recording(1) });
    const url = `${exchange.wsUrl}/ws/btcusdt@aggTrade`;
    const [polite, silent] = [
      await Client.connect(url),
      await Client.connect(url, { autoPong: false }),
    ];
    for (let pings = 1; pings <= 4; pings++) {
      timers.advance(20_000);
      await silent.until(() => silent.pings.length === pings);
      await polite.until(() => polite.pings.length === pings);
      await polite.settle();
    }
    expect(silent.socket.readyState).toBe(silent.socket.OPEN);
    timers.advance(1);
    expect(await silent.closed).toBe(1006);
    expect(polite.pings).toHaveLength(4);
    expect(polite.socket.readyState).toBe(polite.socket.OPEN);
  });

  test("ends after 24 hours", async () => {
    const limits = { pongTimeoutMs: Infinity };
    const { exchange, timers } = await running({ source: await recording(1), limits });
    const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
    timers.advance(24 * 3_600_000 - 1);
    await client.until(() => client.pings.length === 1);
    timers.advance(1);
    expect(await client.closed).toBe(1008);
  });

  test("is dropped when its client does not read", async () => {
    const source = simulatedMarket({ seed: 1, symbols: ["BTCUSDT"] });
    const messages: string[] = [];
    const { exchange, timers } = await running({
      source,
      start: Date.UTC(2025, 0, 2),
      limits: { maxBufferedBytes: 100_000, pongTimeoutMs: Infinity },
      log: (message) => messages.push(message),
    });
    const url = `${exchange.wsUrl}/ws/btcusdt@aggTrade`;
    const [reader, stuck] = [await Client.connect(url), await Client.connect(url)];
    stuck.socket.pause();
    for (let minute = 0; minute < 400 && messages.length === 0; minute++) {
      const sent = reader.frames.length;
      timers.advance(60_000);
      await reader.until(() => reader.frames.length > sent);
    }
    expect(messages).toEqual([
      expect.stringMatching(/^\d+ bytes are buffered for a slow client: dropped$/),
    ]);
    expect(reader.socket.readyState).toBe(reader.socket.OPEN);
  });
});

test("closing ends the connections, frees the port and leaves no timer behind", async () => {
  const { exchange, timers } = await running({ source: await recording(1) });
  const client = await Client.connect(`${exchange.wsUrl}/ws/btcusdt@aggTrade`);
  await exchange.close();
  expect(await client.closed).toBe(1006);
  expect(timers.running).toBe(0);
  await expect(fetch(`${exchange.url}/api/v3/ping`)).rejects.toThrow();
});
