import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Capture, readCapture } from "../../../../service/simulator/capture/capture.ts";
import { parseFaults } from "../../../../service/simulator/faults/parse.ts";
import { recordedMarket } from "../../../../service/simulator/recorded/source.ts";
import { NO_MARKET } from "../../../../service/simulator/source.ts";
import { realDataTest, sharedData } from "../../../support/shared_data.ts";
import { temporaryFolder } from "../../../support/temporary.ts";
import { Client } from "../client.ts";
import { writeTrades } from "../history_files.ts";
import { get, running } from "../running.ts";

/** 2024-08-08 23:54:14 UTC. */
const FROM = Date.UTC(2024, 7, 8, 23, 54, 14);

function write(text: string): string {
  const path = join(temporaryFolder(), "BTCUSDT.jsonl.gz");
  writeFileSync(path, gzipSync(text));
  return path;
}

/** A capture of frames half a second apart. */
function made(count: number): Promise<Capture> {
  const lines = Array.from({ length: count }, (_, i) => `${FROM + i * 500}000000 ${frame(i)}\n`);
  return readCapture(write(lines.join("")));
}

function frame(i: number): string {
  return `{"stream":"btcusdt@trade","data":{"e":"trade","t":${i},"p":"61837.63000000"}}`;
}

describe("a capture", () => {
  test("goes to every client unchanged, at its times, from the first client on", async () => {
    const { exchange, timers } = await running({ source: NO_MARKET, capture: await made(40) });
    timers.advance(3_600_000);
    expect(exchange.now()).toBe(FROM);
    const first = await Client.connect(`${exchange.wsUrl}/ws/ethusdt@aggTrade`);
    timers.advance(9_999);
    await first.settle();
    expect(first.frames).toEqual(Array.from({ length: 20 }, (_, i) => frame(i)));
    const late = await Client.connect(`${exchange.wsUrl}/stream?streams=btcusdt@depth`);
    timers.advance(1);
    timers.advance(20_000);
    await first.settle();
    await late.settle();
    expect(first.frames).toEqual(Array.from({ length: 40 }, (_, i) => frame(i)));
    expect(late.frames).toEqual(first.frames.slice(20));
    expect(first.socket.readyState).toBe(first.socket.OPEN);
  });

  test("runs faster with speed", async () => {
    const { exchange, timers } = await running({
      source: NO_MARKET,
      capture: await made(40),
      speed: 5,
    });
    const client = await Client.connect(`${exchange.wsUrl}/ws/x@trade`);
    timers.advance(1000);
    await client.settle();
    expect(client.frames).toHaveLength(11);
  });

  test("passes the same faults as trades do", async () => {
    const { exchange, timers } = await running({
      source: NO_MARKET,
      capture: await made(400),
      faults: parseFaults("drop 10%; close 1001 at 150s"),
    });
    const client = await Client.connect(`${exchange.wsUrl}/ws/x@trade`);
    timers.advance(200_000);
    expect(await client.closed).toBe(1001);
    expect(client.frames).toHaveLength(300 - (exchange.faults.counts.drop ?? NaN));
    expect(client.frames.length).toBeLessThan(300);
  });

  test("leaves REST to the history files, up to the capture's time", async () => {
    const trades = Array.from({ length: 100 }, (_, id) => ({
      id,
      price: "61837.63000000",
      quantity: "0.02000000",
      time: FROM - 50_000 + id * 1000,
    }));
    const source = await recordedMarket({ trades: [writeTrades("BTCUSDT-x.csv", trades)] });
    const { exchange } = await running({ source, capture: await made(10) });
    const { body } = await get(exchange, "/api/v3/aggTrades?symbol=BTCUSDT&limit=1");
    expect(body).toMatchObject([{ a: 50, T: FROM }]);
  });
});

test.each([
  ["{}\n", ":1: a line must hold a receive time in nanoseconds, not before the last one"],
  [`${FROM}000000 {}\n${FROM - 1}000000 {}\n`, ":2: a line must hold a receive time"],
  ["", "a capture must hold frames"],
])("a malformed line is refused with file and line: %j", async (text, message) => {
  await expect(readCapture(write(text))).rejects.toThrow(message);
});

const CAPTURE = "ws/BTCUSDT-spot-20240808.jsonl.gz";

realDataTest("the real capture is played byte for byte", [CAPTURE], async () => {
  const lines = gunzipSync(readFileSync(sharedData(CAPTURE))).toString().trim().split("\n");
  const capture = await readCapture(sharedData(CAPTURE));
  const { exchange, timers } = await running({ source: NO_MARKET, capture, speed: 20 });
  const client = await Client.connect(`${exchange.wsUrl}/stream?streams=btcusdt@aggTrade`);
  while (exchange.now() < capture.to) {
    timers.advance(100);
    await client.settle();
  }
  timers.advance(20);
  await client.until(() => client.frames.length === lines.length);
  expect(client.frames).toHaveLength(41_249);
  expect(client.frames).toEqual(lines.map((line) => line.slice(line.indexOf(" ") + 1)));
});
