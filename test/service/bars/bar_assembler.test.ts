import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Kline } from "../../../data/klines.ts";
import { type Bar, MINUTE_MS } from "../../../service/bars/bar.ts";
import { emptyBar, minuteOf } from "../../../service/bars/bar_builder.ts";
import { at, klinesOf, START, trade, World } from "./world.ts";

describe("BarAssembler", () => {
  test("the first, partial minute is taken from the exchange's kline", async () => {
    const all = [trade(1, at(0, 5), 90), trade(2, at(0, 30), 100), trade(3, at(1, 1), 101)];
    const world = new World(all);
    world.now = at(0, 20);
    world.assembler.connected();
    for (const t of all.slice(1)) world.assembler.trade(t);
    world.now = at(1, 5);
    const [bar] = await world.settle();
    expect(bar).toMatchObject({ timestamp: START, open: 90, close: 100, quality: "kline" });
  });

  test("an unbroken minute is built from trades as soon as the next one begins", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 1), 100), trade(3, at(1, 9), 103, 2)];
    const world = new World([...all, trade(4, at(2, 0))]);
    world.assembler.connected();
    for (const t of [...all, trade(4, at(2, 0))]) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    world.now = at(2, 3);
    const bars = await world.settle();
    expect(bars[1]).toEqual({
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
    world.assembler.connected();
    for (const t of all) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    world.advanceTo(at(4, 3));
    const bars = await world.settle();
    expect(bars.map((bar) => bar.quality)).toEqual(["kline", "trades", "empty", "empty"]);
    expect(bars[3]).toMatchObject({ open: 103, high: 103, low: 103, close: 103, volume: 0 });
  });

  test("a minute is not closed before its grace has passed", async () => {
    const world = new World([trade(1, at(0, 5)), trade(2, at(1, 5))]);
    world.assembler.connected();
    world.assembler.trade(trade(1, at(0, 5)));
    world.assembler.trade(trade(2, at(1, 5)));
    world.advanceTo(at(2, 1.9));
    expect((await world.settle()).length).toBe(1);
    world.advanceTo(at(2, 2.1));
    expect((await world.settle()).length).toBe(2);
  });

  test("a hole in the ids is counted and its minutes come from klines, whole again", async () => {
    const all = Array.from({ length: 40 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all);
    world.assembler.connected();
    for (const t of all.filter(({ id }) => id !== 17)) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    world.advanceTo(at(4, 3));
    const bars = await world.settle();
    expect(bars.map((bar) => bar.quality)).toEqual(["kline", "kline", "trades", "trades"]);
    expect(bars[1]).toMatchObject({ num_trades: 10, close: 119 });
    expect(world.assembler.counts).toMatchObject({ gaps: 1, missingTrades: 1, trades: 39 });
  });

  test("after a lost connection the clock vouches for nothing until ids prove it", async () => {
    const all = Array.from({ length: 20 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all);
    world.assembler.connected();
    for (const t of all.slice(0, 14)) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    world.assembler.disconnected();
    world.now = at(1, 50);
    world.assembler.connected();
    world.advanceTo(at(2, 3));
    const bars = await world.settle();
    expect(bars.map((bar) => bar.quality)).toEqual(["kline", "kline"]);
    expect(bars[1]).toMatchObject({ num_trades: 10, close: 119 });
  });

  test("while disconnected no bar is made up; the minutes come once the line is back", async () => {
    const all = Array.from({ length: 50 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all);
    world.assembler.connected();
    world.assembler.trade(trade(0, at(0, 0)));
    world.assembler.disconnected();
    world.advanceTo(at(4, 30));
    expect(await world.settle()).toEqual([]);
    world.assembler.connected();
    const bars = await world.settle();
    expect(bars.map((bar) => bar.timestamp)).toEqual([0, 1, 2, 3].map((m) => at(m, 0)));
  });

  test("when the exchange gives no kline, the trades at hand make an incomplete bar", async () => {
    const world = new World([]);
    world.klinesWork = false;
    world.assembler.connected();
    world.assembler.trade(trade(1, at(0, 5)));
    world.assembler.trade(trade(3, at(0, 15)));
    world.assembler.trade(trade(4, at(1, 1)));
    for (let second = 2; second < 50; second++) {
      world.now = at(1, second);
      await world.settle();
    }
    const bars = await world.settle();
    expect(bars).toHaveLength(1);
    expect(bars[0]).toMatchObject({ quality: "incomplete", num_trades: 2 });
  });

  test("history is waited for as long as the exchange does not answer, and the reason is told", async () => {
    const all = Array.from({ length: 50 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all, emptyBar("BTCUSDT", "binance", at(0, 0) - MINUTE_MS, 100));
    world.klinesWork = false;
    world.now = at(3, 1);
    world.assembler.connected();
    for (let second = 1; second < 90; second++) {
      world.now = at(3, second);
      await world.settle();
    }
    expect(world.published).toEqual([]);
    expect(world.assembler.problem).toContain("bars wait for klines: no answer");
    world.klinesWork = true;
    for (let second = 90; second < 110; second++) {
      world.now = at(3, second);
      await world.settle();
    }
    expect(world.published.map((bar) => bar.timestamp)).toEqual([0, 1, 2].map((m) => at(m, 0)));
    expect(world.assembler.problem).toBeNull();
  });

  test("a minute that only the clock closed waits through an outage, and is then made whole", async () => {
    const all = Array.from({ length: 40 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all);
    world.assembler.connected();
    for (const t of all.slice(0, 25)) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    expect(await world.settle()).toHaveLength(2);
    world.klinesWork = false;
    for (let second = 30; second < 150; second++) {
      world.advanceTo(at(2, second));
      if (second === 100) world.assembler.disconnected();
      await world.settle();
    }
    expect(world.published).toHaveLength(2);
    expect(world.assembler.problem).toContain("bars wait for klines");
    world.klinesWork = true;
    world.assembler.connected();
    for (let second = 150; second < 200; second++) {
      world.now = at(2, second);
      await world.settle();
    }
    expect(world.published[2]).toMatchObject({ quality: "kline", num_trades: 10, close: 129 });
    expect(world.assembler.problem).toBeNull();
  });

  test("the next id proves a minute that the clock closed, even while no kline can be had", async () => {
    const all = [trade(1, at(0, 5)), trade(2, at(1, 5)), trade(3, at(1, 20)), trade(4, at(2, 40))];
    const world = new World(all);
    world.assembler.connected();
    for (const t of all.slice(0, 3)) {
      world.now = t.time;
      world.assembler.trade(t);
      await world.settle();
    }
    world.klinesWork = false;
    for (let second = 1; second < 40; second++) {
      world.advanceTo(at(2, second));
      await world.settle();
    }
    expect(world.published).toHaveLength(1);
    world.now = at(2, 40);
    world.assembler.trade(trade(4, at(2, 40)));
    for (let second = 41; second < 59; second++) {
      world.now = at(2, second);
      await world.settle();
    }
    expect(world.published[1]).toMatchObject({ quality: "trades", num_trades: 2 });
  });

  test("klines that come seconds late leave no hole", async () => {
    const all = Array.from({ length: 60 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const world = new World(all);
    world.klinesLagMs = 9000;
    world.now = at(0, 3);
    world.assembler.connected();
    for (const t of all.slice(1)) {
      world.advanceTo(t.time);
      world.assembler.trade(t);
      await world.settle();
    }
    for (let second = 0; second < 40; second++) {
      world.advanceTo(at(6, second));
      await world.settle();
    }
    expect(world.published.map((bar) => bar.timestamp)).toEqual(
      [0, 1, 2, 3, 4, 5].map((m) => at(m, 0)),
    );
    expect(world.published.map((bar) => bar.num_trades)).toEqual(Array(6).fill(10));
  });

  test("trade ids that begin anew are followed, their first minute taken from the kline", async () => {
    const old = [trade(900, at(0, 5)), trade(901, at(0, 50))];
    const fresh = [trade(1, at(1, 10)), trade(2, at(2, 1)), trade(3, at(3, 1))];
    const world = new World([...old, ...fresh]);
    world.assembler.connected();
    for (const t of [...old, ...fresh]) {
      world.now = t.time;
      world.assembler.trade(t);
    }
    world.now = at(3, 5);
    const bars = await world.settle();
    expect(bars.map((bar) => bar.quality)).toEqual(["kline", "kline", "trades"]);
    expect(world.assembler.counts.duplicates).toBe(0);
  });

  test("an exchange whose clock stands before the last bar kept is named as the problem", () => {
    const world = new World([], emptyBar("BTCUSDT", "binance", at(9, 0), 100));
    world.now = at(2, 0);
    world.assembler.connected();
    expect(world.assembler.problem).toMatch(/last bar kept is of .*00:09Z.*another DATA_DIR/);
  });

  test("goes on after the last bar of an earlier run, without a hole and none twice", async () => {
    const all = Array.from({ length: 50 }, (_, i) => trade(i, at(0, i * 6), 100 + i));
    const last = emptyBar("BTCUSDT", "binance", at(1, 0), 119);
    const world = new World(all, last);
    world.now = at(4, 10);
    world.assembler.connected();
    const bars = await world.settle();
    expect(bars.map((bar) => bar.timestamp)).toEqual([at(2, 0), at(3, 0)]);
  });

  test("under any loss, repetition and interruption the bars are the exchange's", async () => {
    const step = fc.record({
      seconds: fc.integer({ min: 0, max: 50 }),
      fate: fc.constantFrom("arrives", "arrives", "arrives", "lost", "twice", "cut"),
      price: fc.integer({ min: 1, max: 10 ** 6 }),
      quantity: fc.integer({ min: 1, max: 10 ** 9 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        let time = START;
        const all = steps.map(({ seconds, price, quantity }, id) =>
          trade(id, time += seconds * 1000, price / 100, quantity / 1e8)
        );
        const world = new World(all);
        world.assembler.connected();
        for (const [i, t] of all.entries()) {
          world.advanceTo(t.time);
          const fate = steps[i]?.fate;
          if (fate === "cut") {
            world.assembler.disconnected();
            world.assembler.connected();
          }
          if (fate !== "lost") world.assembler.trade(t);
          if (fate === "twice") world.assembler.trade(t);
        }
        world.assembler.disconnected();
        world.now = minuteOf(time) + MINUTE_MS + 5000;
        world.assembler.connected();
        const bars = await world.settle();
        const expected = klinesOf(all, START, minuteOf(time) + MINUTE_MS);
        const strip = (
          { open, high, low, close, volume, quote_volume, num_trades }: Bar | Kline,
        ) => [
          ...[open, high, low, close, volume],
          ...[quote_volume, num_trades],
        ];
        expect(bars.map((bar) => bar.timestamp)).toEqual(expected.map((k) => k.open_time));
        expect(bars.map(strip)).toEqual(expected.map(strip));
      }),
      { numRuns: 500 },
    );
  });
});
