import { describe, expect, test } from "vitest";
import type { Simulator } from "../../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { get, running } from "./running.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

/** Early in the market's life, so that a test need not work years out. */
const NOW = Date.UTC(2025, 0, 2, 12) + 30_500;

async function start(): Promise<Simulator> {
  const source = simulatedMarket({ seed: 1, symbols: ["BTCUSDT", "ETHUSDT"] });
  return (await running({ source, start: NOW })).exchange;
}

async function rows(exchange: Simulator, target: string): Promise<unknown[]> {
  const { status, body } = await get(exchange, target);
  expect(status).toBe(200);
  if (!Array.isArray(body)) throw new Error(`no rows: ${JSON.stringify(body)}`);
  return body;
}

async function openTimes(exchange: Simulator, query: string): Promise<unknown[]> {
  const klines = await rows(exchange, `/api/v3/klines?symbol=BTCUSDT&interval=1m&${query}`);
  return klines.map((kline) => Array.isArray(kline) ? kline[0] : undefined);
}

async function trades(exchange: Simulator, query: string): Promise<{ a: number; T: number }[]> {
  const answer = await rows(exchange, `/api/v3/aggTrades?symbol=BTCUSDT&${query}`);
  return answer.map((row) => {
    if (typeof row === "object" && row && "a" in row && "T" in row) {
      return { a: Number(row.a), T: Number(row.T) };
    }
    throw new Error(`no trade: ${JSON.stringify(row)}`);
  });
}

test("the time, the markets and the ping", async () => {
  const exchange = await start();
  expect(await get(exchange, "/api/v3/time")).toMatchObject({ body: { serverTime: NOW } });
  expect(await get(exchange, "/api/v3/ping")).toMatchObject({ status: 200, body: {} });
  expect(await get(exchange, "/api/v3/exchangeInfo")).toMatchObject({
    body: {
      serverTime: NOW,
      symbols: [{ symbol: "BTCUSDT", status: "TRADING" }, { symbol: "ETHUSDT" }],
    },
  });
  const some = encodeURIComponent('["ETHUSDT"]');
  expect(await get(exchange, `/api/v3/exchangeInfo?symbols=${some}`)).toMatchObject({
    body: { symbols: [{ symbol: "ETHUSDT", baseAsset: "ETH", quoteAsset: "USDT" }] },
  });
});

describe("klines", () => {
  test("have Binance's twelve columns", async () => {
    const exchange = await start();
    const [row] = await rows(exchange, "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1");
    const decimal = expect.stringMatching(/^\d+\.\d{8}$/);
    const openTime = NOW - 30_500;
    expect(row).toEqual([
      openTime,
      ...Array(5).fill(decimal),
      openTime + 59_999,
      decimal,
      expect.any(Number),
      decimal,
      decimal,
      "0",
    ]);
  });

  test("are the latest without startTime, the first from it on with it", async () => {
    const exchange = await start();
    const forming = NOW - 30_500;
    expect(await openTimes(exchange, "")).toHaveLength(500);
    expect((await openTimes(exchange, "")).at(-1)).toBe(forming);
    expect(await openTimes(exchange, "limit=2")).toEqual([forming - MINUTE_MS, forming]);
    const from = forming - 10 * MINUTE_MS;
    expect(await openTimes(exchange, `startTime=${from}&limit=2`)).toEqual([
      from,
      from + MINUTE_MS,
    ]);
    expect(await openTimes(exchange, `startTime=${from + 1}&endTime=${from + MINUTE_MS}`))
      .toEqual([from + MINUTE_MS]);
    expect(await openTimes(exchange, `endTime=${from}&limit=1`)).toEqual([from]);
    expect(await openTimes(exchange, `startTime=${NOW + 1e9}`)).toEqual([]);
    expect(await openTimes(exchange, "limit=5000")).toHaveLength(1000);
  });
});

describe("aggTrades", () => {
  test("are the most recent ones by default", async () => {
    const exchange = await start();
    const recent = await trades(exchange, "");
    expect(recent).toHaveLength(500);
    expect(recent.at(-1)?.T).toBeLessThanOrEqual(NOW);
    expect(recent.at(-1)?.T).toBeGreaterThan(NOW - 10_000);
    expect(await trades(exchange, "limit=1")).toEqual(recent.slice(-1));
  });

  test("page through the market from an id, inclusive", async () => {
    const exchange = await start();
    const recent = await trades(exchange, "limit=1000");
    const first = recent[0]?.a ?? NaN;
    const pages = [
      await trades(exchange, `fromId=${first}&limit=600`),
      await trades(exchange, `fromId=${first + 600}&limit=600`),
      await trades(exchange, `fromId=${first + 1000}`),
    ];
    expect(pages.map((page) => page.length)).toEqual([600, 400, 0]);
    expect(pages.flat()).toEqual(recent);
  });

  test("are those between two times, both inclusive", async () => {
    const exchange = await start();
    const recent = await trades(exchange, "limit=100");
    const [from, to] = [recent[10]?.T ?? NaN, recent[90]?.T ?? NaN];
    const between = recent.filter(({ T }) => T >= from && T <= to);
    expect(await trades(exchange, `startTime=${from}&endTime=${to}`)).toEqual(between);
    expect(await trades(exchange, `endTime=${to}&limit=3`)).toEqual(between.slice(-3));
    expect(await trades(exchange, `startTime=${from}&limit=3`)).toEqual(between.slice(0, 3));
    expect(await trades(exchange, `startTime=${NOW + 1e12}`)).toEqual([]);
    expect(await trades(exchange, `endTime=${NOW + 1e12}&limit=1`)).toEqual(recent.slice(-1));
  });
});

test.each([
  ["/api/v3/klines?interval=1m", 400, -1102],
  ["/api/v3/klines?symbol=BTCUSDT", 400, -1102],
  ["/api/v3/klines?symbol=NOSUCH&interval=1m", 400, -1121],
  ["/api/v3/klines?symbol=btcusdt&interval=1m", 400, -1100],
  ["/api/v3/klines?symbol=BTCUSDT&interval=7m", 400, -1120],
  ["/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=0", 400, -1130],
  ["/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=now", 400, -1100],
  ["/api/v3/aggTrades?symbol=BTCUSDT&limit=-1", 400, -1100],
  ["/api/v3/aggTrades?symbol=BTCUSDT&fromId=1&startTime=1", 400, -1128],
  ["/api/v3/exchangeInfo?symbol=NOSUCH", 400, -1121],
  ["/api/v3/exchangeInfo?symbols=BTCUSDT", 400, -1135],
  ["/api/v3/depth?symbol=BTCUSDT", 404, -1000],
])("%s is refused with %i and code %i", async (target, status, code) => {
  expect(await get(await start(), target)).toMatchObject({
    status,
    body: { code, msg: expect.any(String) },
  });
});

test("only GET is allowed", async () => {
  const exchange = await start();
  const response = await fetch(`${exchange.url}/api/v3/ping`, { method: "POST" });
  expect(response.status).toBe(405);
  await response.body?.cancel();
});

test("the weight of a minute's requests is told in a header", async () => {
  const source = simulatedMarket({ seed: 1, symbols: ["BTCUSDT"] });
  const { exchange, timers } = await running({ source, start: NOW });
  const weights: (string | null)[] = [];
  const targets = [
    "/api/v3/time",
    "/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=1",
    "/api/v3/aggTrades?symbol=BTCUSDT&limit=1",
    "/api/v3/exchangeInfo",
    "/api/v3/klines",
  ];
  for (const target of targets) weights.push((await get(exchange, target)).weight);
  expect(weights).toEqual(["1", "3", "7", "27", "29"]);
  timers.advance(MINUTE_MS);
  expect((await get(exchange, "/api/v3/time")).weight).toBe("1");
});
