import type { Kline } from "../../../data/schema/kline.ts";
import { MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Bar } from "../../../data/schema/bar.ts";
import { emptyBar } from "../../../service/ingest/bars/bar_builder.ts";
import { at, klinesOf, START, trade, tradesInRow, World } from "../world.ts";

describe("Market", () => {
  test("an unbroken minute is published from trades as soon as the next one begins", async () => {
    const all = [
      trade(1, at(0, 5)),
      trade(2, at(1, 1), 100),
      trade(3, at(1, 9), 103, 2),
      trade(4, at(2, 0)),
    ];
    const world = new World(all);
    world.market.connected();
    await world.play(all);
    const bars = await world.advanceTo(at(2, 0));
    expect(bars[1]).toMatchObject({
      symbol: "BTCUSDT",
      timestamp: at(1, 0),
      close_time: at(1, 0) + 59_999,
      open: 100,
      high: 103,
      low: 100,
      close: 103,
      volume: 3,
      quote_volume: 306,
      num_trades: 2,
      taker_buy_volume: 1,
      taker_sell_volume: 2,
      first_trade_id: 2,
      last_trade_id: 3,
      quality: "trades",
      source: "binance",
    });
  });

  test("without later trades the clock closes minutes, tradeless ones as empty bars", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 1), 100), trade(3, at(1, 9), 103)];
    const world = new World(all);
    world.market.connected();
    await world.play(all);
    const bars = await world.advanceTo(at(4, 5));
    expect(bars.map((bar) => bar.quality)).toEqual(["trades", "trades", "empty", "empty"]);
    expect(bars[3]).toMatchObject({ open: 103, high: 103, low: 103, close: 103, volume: 0 });
  });

  test("a minute is not closed before its grace has passed", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 5))];
    const world = new World(all);
    world.market.connected();
    await world.play(all);
    await world.advanceTo(at(2, 1.9));
    expect(world.published.length).toBe(1);
    await world.advanceTo(at(2, 2.1));
    expect(world.published.length).toBe(2);
  });

  test("a minute that the clock closed waits for the trades that its kline knows of", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 5)), trade(3, at(1, 55))];
    const world = new World(all);
    world.market.connected();
    await world.play(all, [3]);
    const bars = await world.advanceTo(at(2, 30));
    expect(bars[1]).toMatchObject({ quality: "repaired", num_trades: 2, last_trade_id: 3 });
  });

  test("trades of an interruption are fetched from history one by one", async () => {
    const all = tradesInRow(50);
    const world = new World(all);
    world.market.connected();
    await world.play(all.slice(0, 14));
    world.market.disconnected("lost");
    await world.advanceTo(at(3, 50));
    expect(world.published).toHaveLength(1);
    world.market.connected();
    await world.play(all.slice(39));
    const bars = await world.advanceTo(at(5, 5));
    expect(bars.map((bar) => bar.num_trades)).toEqual(Array(5).fill(10));
    expect(bars.map((bar) => bar.quality)).toEqual([
      "trades",
      ...Array(3).fill("repaired"),
      "trades",
    ]);
  });

  test("while the exchange does not answer the status says why, and nothing is published", async () => {
    const all = tradesInRow(50);
    const world = new World(all, emptyBar("BTCUSDT", "binance", at(0, 0) - MINUTE_MS, 100));
    world.faults.works = false;
    await world.advanceTo(at(3, 1));
    world.market.connected();
    await world.advanceTo(at(3, 90));
    expect(world.published).toEqual([]);
    expect(world.status.problem).toContain("bars wait for trades: no answer");
    world.faults.works = true;
    await world.advanceTo(at(3, 110));
    expect(world.published.map((bar) => bar.timestamp)).toEqual([0, 1, 2, 3].map((m) => at(m, 0)));
    expect(world.status.problem).toBeNull();
  });

  test("a minute that only the clock closed waits through an outage and is then completed", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    await world.play(all.slice(0, 25));
    expect(world.published).toHaveLength(2);
    world.faults.works = false;
    await world.advanceTo(at(2, 100));
    expect(world.status.problem).toContain("bars wait for klines");
    world.market.disconnected("lost");
    await world.advanceTo(at(2, 150));
    expect(world.published).toHaveLength(2);
    expect(world.status.problem).toBe("lost");
    world.faults.works = true;
    world.market.connected();
    await world.advanceTo(at(2, 200));
    expect(world.published[2]).toMatchObject({ quality: "repaired", num_trades: 10, close: 129 });
    expect(world.status.problem).toBeNull();
  });

  test("the next id proves a minute that the clock closed, even without a kline, and at once", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 5)), trade(3, at(1, 20)), trade(4, at(2, 40))];
    const world = new World(all);
    world.market.connected();
    await world.play(all.slice(0, 3));
    world.faults.works = false;
    await world.advanceTo(at(2, 39));
    expect(world.published).toHaveLength(1);
    await world.play(all.slice(3));
    await world.advanceTo(at(2, 40));
    expect(world.published[1]).toMatchObject({ quality: "trades", num_trades: 2 });
  });

  test("klines that lag by seconds leave no gap", async () => {
    const all = tradesInRow(60);
    const world = new World(all);
    world.faults.lagMs = 9000;
    await world.advanceTo(at(0, 3));
    world.market.connected();
    await world.play(all.slice(1));
    await world.advanceTo(at(6, 40));
    expect(world.published.map((bar) => bar.timestamp)).toEqual(
      [0, 1, 2, 3, 4, 5].map((m) => at(m, 0)),
    );
    expect(world.published.map((bar) => bar.num_trades)).toEqual(Array(6).fill(10));
  });

  test("an exchange clock before the last bar of the journal is reported as the problem", async () => {
    const world = new World([], emptyBar("BTCUSDT", "binance", at(9, 0), 100));
    await world.advanceTo(at(2, 0));
    world.market.connected();
    expect(world.status.problem).toMatch(
      /last bar in the journal is of .*00:09Z.*another DATA_DIR/,
    );
  });

  test("continues after the last bar of an earlier run, without a gap or a duplicate", async () => {
    const all = tradesInRow(50);
    const last = emptyBar("BTCUSDT", "binance", at(1, 0), 119);
    const world = new World(all, last);
    await world.advanceTo(at(4, 10));
    world.market.connected();
    const bars = await world.advanceTo(at(4, 20));
    expect(bars.map((bar) => bar.timestamp)).toEqual([at(2, 0), at(3, 0)]);
    expect(bars.map((bar) => bar.num_trades)).toEqual([10, 10]);
  });

  test("under any loss, duplication, reordering and interruption the bars equal the market's", async () => {
    const step = fc.record({
      seconds: fc.integer({ min: 0, max: 50 }),
      fate: fc.constantFrom("arrives", "arrives", "arrives", "lost", "twice", "late", "cut"),
      price: fc.integer({ min: 1, max: 10 ** 6 }),
      quantity: fc.integer({ min: 1, max: 10 ** 9 }),
    });
    const lag = fc.constantFrom(0, 0, 3000, 15_000);
    const steps = fc.array(step, { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(
        steps,
        fc.integer({ min: 1, max: 4 }),
        lag,
        async (steps, answers, lagMs) => {
          let time = START;
          const all = steps.map(({ seconds, price, quantity }, id) =>
            trade(id, time += seconds * 1000, price / 100, quantity / 1e8)
          );
          const world = new World(all);
          world.faults.lagMs = lagMs;
          world.faults.fails = (request) => answers > 1 && request % answers === 1;
          world.market.connected();
          let late: readonly ReturnType<typeof trade>[] = [];
          for (const [i, t] of all.entries()) {
            await world.advanceTo(t.time);
            const fate = steps[i]?.fate;
            if (fate === "cut") {
              world.market.disconnected("lost");
              world.market.connected();
            }
            if (fate !== "lost" && fate !== "late") world.arrive(t);
            if (fate === "twice") world.arrive(t);
            world.arrive(...late);
            late = fate === "late" ? [t] : [];
          }
          world.market.disconnected("lost");
          await world.advanceTo(minuteOf(time) + MINUTE_MS + 5000);
          world.market.connected();
          const bars = await world.advanceTo(minuteOf(time) + MINUTE_MS + 58_000);
          const expected = klinesOf(all, START, minuteOf(time) + MINUTE_MS);
          const strip = (
            { open, high, low, close, volume, quote_volume, num_trades }: Bar | Kline,
          ) => [
            ...[open, high, low, close, volume],
            ...[quote_volume, num_trades],
          ];
          expect(bars.map((bar) => bar.timestamp)).toEqual(expected.map((k) => k.open_time));
          expect(bars.map(strip)).toEqual(expected.map(strip));
          for (const { quality } of bars) {
            expect(["trades", "repaired", "empty"]).toContain(
              quality,
            );
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
