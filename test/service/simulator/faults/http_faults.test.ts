import { describe, expect, test } from "vitest";
import { Client, refusal } from "../client.ts";
import { get } from "../running.ts";
import { faulty, START } from "./faulty.ts";

const TARGET = "/ws/btcusdt@aggTrade";
const KLINES = "/api/v3/klines?symbol=BTCUSDT&interval=1m";

describe("refuse", () => {
  test.each([451, 403, 429, 418])("a handshake fails with HTTP %i and says why", async (status) => {
    const { exchange } = await faulty(`refuse ${status} 100%`);
    const answer = await refusal(exchange.wsUrl + TARGET);
    expect(answer).toMatchObject({ status, text: expect.stringMatching(/^\w.*\n$/) });
    expect(answer.retryAfter).toBe(status === 429 || status === 418 ? "1" : undefined);
    expect(exchange.faults.counts).toEqual({ [`refuse ${status}`]: 1 });
  });

  test("within a period only, and REST continues; Retry-After is the rest of the period in real time", async () => {
    const { exchange, timers } = await faulty("refuse 429 at 60s for 60s", { speed: 10 });
    await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(6000);
    expect(await refusal(exchange.wsUrl + TARGET)).toMatchObject({ status: 429, retryAfter: "6" });
    expect(await get(exchange, "/api/v3/ping")).toMatchObject({ status: 200 });
    timers.advance(6000);
    await Client.connect(exchange.wsUrl + TARGET);
  });

  test("a rate affects some", async () => {
    const { exchange } = await faulty("refuse 503 50% retry-after 30s");
    let refused = 0;
    for (let attempt = 0; attempt < 40; attempt++) {
      await Client.connect(exchange.wsUrl + TARGET).catch(() => refused++);
    }
    expect(exchange.faults.counts).toEqual({ "refuse 503": refused });
    expect(refused).toBeGreaterThan(8);
    expect(refused).toBeLessThan(32);
  });
});

describe("rest", () => {
  test.each([
    [500, null, -1001],
    [429, "1", -1003],
    [418, "1", -1003],
    [403, null, 0],
    [451, null, 0],
  ])("a request fails with HTTP %i", async (status, retryAfter, code) => {
    const { exchange } = await faulty(`rest ${status} 100%`);
    const response = await fetch(exchange.url + KLINES);
    expect([response.status, response.headers.get("retry-after")]).toEqual([status, retryAfter]);
    expect(await response.json()).toEqual({ code, msg: expect.any(String) });
    expect(exchange.faults.counts).toEqual({ [`rest ${status}`]: 1 });
  });

  test("Retry-After is the clause's value, in whole seconds", async () => {
    const { exchange } = await faulty("rest 429 100% retry-after 2500ms");
    const response = await fetch(exchange.url + KLINES);
    expect(response.headers.get("retry-after")).toBe("3");
    await response.body?.cancel();
  });

  test("timeout: there is no response; the next request is not affected", async () => {
    const { exchange, timers } = await faulty("rest timeout at 10s for 10s");
    await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(10_000);
    const signal = AbortSignal.timeout(200);
    await expect(fetch(exchange.url + KLINES, { signal })).rejects.toThrow("timeout");
    timers.advance(10_000);
    expect(await get(exchange, KLINES)).toMatchObject({ status: 200 });
    expect(exchange.faults.counts).toEqual({ "rest timeout": 1 });
  });

  test("a request without a response ends when the simulator closes", async () => {
    const { exchange } = await faulty("rest timeout 100%");
    const request = fetch(exchange.url + KLINES);
    const ended = expect(request).rejects.toThrow();
    while (exchange.faults.counts["rest timeout"] === 0) await new Promise(setImmediate);
    await exchange.close();
    await ended;
  });

  test("break: the body ends in the middle", async () => {
    const { exchange, timers } = await faulty("rest break 100%");
    await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(1_000_000);
    const response = await fetch(exchange.url + KLINES);
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    expect(exchange.faults.counts).toEqual({ "rest break": 1 });
  });

  test("of several clauses the first that occurs counts", async () => {
    const { exchange } = await faulty("rest 500 50%; rest 503 100%");
    const statuses: number[] = [];
    for (let i = 0; i < 30; i++) statuses.push((await get(exchange, "/api/v3/time")).status);
    const count = (status: number) => statuses.filter((one) => one === status).length;
    expect(exchange.faults.counts).toEqual({ "rest 500": count(500), "rest 503": count(503) });
    expect(count(500)).toBeGreaterThan(5);
    expect(count(503)).toBeGreaterThan(5);
  });
});

describe("time", () => {
  test("rest lag: the newest trades and klines are missing, the time is not", async () => {
    const { exchange, timers } = await faulty("rest lag 3s");
    await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(121_000);
    const trades = "/api/v3/aggTrades?symbol=BTCUSDT";
    expect((await get(exchange, `${trades}&limit=1`)).body).toMatchObject([{ a: 118 }]);
    expect((await get(exchange, `${trades}&fromId=119`)).body).toEqual([]);
    const { body } = await get(exchange, `${KLINES}&limit=1`);
    expect(body).toEqual([expect.arrayContaining([START + 60_000])]);
    expect((await get(exchange, "/api/v3/time")).body).toEqual({ serverTime: START + 121_000 });
    timers.advance(3000);
    expect((await get(exchange, `${trades}&fromId=119&limit=1`)).body).toMatchObject([{ a: 119 }]);
    expect(exchange.faults.counts).toEqual({ "rest lag": 4 });
  });

  test("skew: event times and the server's time are off, trades and their times are not", async () => {
    const { exchange, timers } = await faulty("skew +1500ms; skew -500ms at 100s for 50s");
    const client = await Client.connect(exchange.wsUrl + TARGET);
    timers.advance(10_000);
    expect((await get(exchange, "/api/v3/time")).body).toEqual({ serverTime: START + 11_500 });
    expect((await client.events(11)).at(-1)).toMatchObject({
      E: START + 11_500,
      T: START + 10_000,
    });
    timers.advance(90_000);
    expect((await client.events(101)).at(-1)).toMatchObject({ E: START + 101_000 });
    const { body } = await get(exchange, "/api/v3/aggTrades?symbol=BTCUSDT&limit=1");
    expect(body).toMatchObject([{ a: 100, T: START + 100_000 }]);
    expect(exchange.faults.counts).toEqual({});
  });
});
