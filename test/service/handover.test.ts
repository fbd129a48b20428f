import { expect, onTestFinished, test } from "vitest";
import { type Exchange, startExchange } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { Feed } from "../../service/exchanges/binance/feed.ts";
import { RestClient } from "../../service/exchanges/binance/rest.ts";
import { TradeLine } from "../../service/ingest/trade_line.ts";
import { createLog } from "../../service/log.ts";
import { until } from "../support/until.ts";

const SPEED = 60;

/** A feed and a trade line on a running stand-in, and the ids that came out of it. */
function follow(exchange: Exchange, renewAfterMs: number) {
  const closing = new AbortController();
  const rest = new RestClient(exchange.url, closing.signal);
  const ids: number[] = [];
  const told = { handovers: 0, disconnects: 0 };
  const line = new TradeLine({
    symbol: "BTCUSDT",
    listener: { anchored() {}, broken() {}, trade: ({ id }) => ids.push(id) },
    history: (...query) => rest.aggTrades(...query),
    from: undefined,
    longestRepair: 10_000,
    now: () => exchange.now(),
    uptime: () => performance.now(),
    sleep: (ms) => new Promise((wake) => setTimeout(wake, ms)),
    log: createLog("ERROR", () => {}),
    fail: (error) => closing.abort(error),
    closing: closing.signal,
  });
  const feed = new Feed({
    url: exchange.wsUrl,
    symbols: ["BTCUSDT"],
    renewAfterMs,
    overlapMs: 400,
    listener: {
      trade: (trade, overlapping) => line.trade(trade, overlapping),
      connected: () => line.connected(),
      disconnected: () => told.disconnects++,
      invalid() {},
      handedOver: () => told.handovers++,
    },
  });
  feed.start();
  onTestFinished(async () => {
    feed.close();
    closing.abort();
    await exchange.close();
  });
  return { line, ids, told };
}

function expectUnbroken({ line, ids, told }: ReturnType<typeof follow>): void {
  expect(ids).toEqual(ids.map((_, i) => (ids[0] ?? 0) + i));
  expect(told.disconnects).toBe(0);
  expect(line.counts).toMatchObject({ gaps: 0, lost: 0, duplicates: 0 });
  expect(line.counts.overlapped).toBeGreaterThan(0);
}

test("a connection that is renewed before its lifetime ends leaves no gap and no double", async () => {
  // The exchange ends a connection after 3 s; it is renewed at about 2 s.
  const exchange = await startExchange({
    source: simulatedMarket({ seed: 5, symbols: ["BTCUSDT"] }),
    speed: SPEED,
    limits: { lifetimeMs: 3000 },
  });
  const following = follow(exchange, 2000);
  await until("three hand-overs", () => following.told.handovers >= 3 || undefined);
  expectUnbroken(following);
});

test("serverShutdown is followed by a hand-over without a gap or a double", async () => {
  const exchange = await startExchange({
    source: simulatedMarket({ seed: 6, symbols: ["BTCUSDT"] }),
    speed: SPEED,
  });
  const following = follow(exchange, 3_600_000);
  await until("trades", () => following.ids.length > 20 || undefined);
  exchange.shutdown(120_000);
  await until("hand-over", () => following.told.handovers === 1 || undefined);
  const { length } = following.ids;
  await until("more trades", () => following.ids.length > length + 20 || undefined);
  expectUnbroken(following);
});
