import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../data/common/clock.ts";
import { createBinance } from "../../service/exchanges/binance/binance.ts";
import type { IngestContext } from "../../service/ingest/context.ts";
import { TradeStream } from "../../service/ingest/trade_stream.ts";
import { createLog } from "../../service/log.ts";
import { type Simulator, startSimulator } from "../../service/simulator/simulator.ts";
import { simulatedMarket } from "../../service/simulator/simulated/source.ts";
import { until } from "../support/until.ts";

const SPEED = 60;
/** A machine ten times slower needs minutes. */
const PATIENCE_MS = 300_000;

/** A trade stream on a running stand-in, and the ids that it delivered. */
function follow(simulator: Simulator, socketLifetimeMs: number) {
  const closing = new AbortController();
  const exchange = createBinance({
    wsUrl: simulator.wsUrl,
    restUrl: simulator.url,
    clock: systemClock,
    traits: { socketLifetimeMs, overlapMs: 400 },
  });
  const ids: number[] = [];
  const counted = { handovers: 0, disconnects: 0 };
  const context: IngestContext = {
    exchange,
    history: { run: (_symbol, request) => request("history") },
    clock: { ...systemClock, now: () => simulator.now() },
    logger: createLog("ERROR", () => {}),
    signal: closing.signal,
  };
  const stream = new TradeStream(context, {
    symbol: "BTCUSDT",
    aggregator: { anchor() {}, breakOff() {}, trade: ({ id }) => void ids.push(id) },
    from: undefined,
    maxBackfill: 10_000,
  });
  stream.run().catch(() => {});
  exchange.stream(["BTCUSDT"], {
    trade: (trade, overlapping) => stream.trade(trade, overlapping),
    connected: () => stream.begin(),
    disconnected: () => counted.disconnects++,
    invalid() {},
    missedTrades: () => Promise.resolve(true),
    handedOver: () => counted.handovers++,
  });
  onTestFinished(async () => {
    exchange.close();
    closing.abort();
    await simulator.close();
  });
  return { stream, ids, counted };
}

/**
 * Waits until trades are delivered as they arrive, and gives the gaps counted so far: those of the
 * moment before the connection may be one.
 */
async function arrive({ stream }: ReturnType<typeof follow>): Promise<number> {
  const live = () => stream.delivered > stream.repaired || undefined;
  await until("a trade that arrived", live, PATIENCE_MS);
  return stream.counts.gaps;
}

function expectUnbroken({ stream, ids, counted }: ReturnType<typeof follow>, gaps: number): void {
  expect(ids).toEqual(ids.map((_, i) => (ids[0] ?? 0) + i));
  expect(counted.disconnects).toBe(0);
  expect(stream.counts).toMatchObject({ gaps, missing: 0, duplicates: 0 });
  expect(stream.counts.overlapped).toBeGreaterThan(0);
}

test("a socket that is replaced before its lifetime ends leaves no gap and no duplicate", async () => {
  // The exchange closes a socket after 30 s; it is replaced at about 2 s.
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 5, symbols: ["BTCUSDT"] }),
    speed: SPEED,
    limits: { lifetimeMs: 30_000 },
  });
  const following = follow(exchange, 2000);
  const gaps = await arrive(following);
  await until("three hand-overs", () => following.counted.handovers >= 3 || undefined, PATIENCE_MS);
  expectUnbroken(following, gaps);
});

test("serverShutdown is followed by a hand-over without a gap or a duplicate", async () => {
  const exchange = await startSimulator({
    source: simulatedMarket({ seed: 6, symbols: ["BTCUSDT"] }),
    speed: SPEED,
  });
  const following = follow(exchange, 3_600_000);
  const gaps = await arrive(following);
  exchange.shutdown(120_000);
  await until("hand-over", () => following.counted.handovers === 1 || undefined, PATIENCE_MS);
  const { length } = following.ids;
  await until("more trades", () => following.ids.length > length + 20 || undefined, PATIENCE_MS);
  expectUnbroken(following, gaps);
});
