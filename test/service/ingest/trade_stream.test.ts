import { describe, expect, test } from "vitest";
import { at, START, trade, tradesInRow, World } from "../world.ts";

describe("TradeStream", () => {
  test("the trades before the connection are taken from history", async () => {
    const all = tradesInRow(25);
    const world = new World(all);
    await world.advanceTo(at(0, 21));
    world.market.connected();
    await world.play(all.slice(4));
    const [bar] = await world.advanceTo(at(2, 30));
    expect(bar).toMatchObject({ timestamp: START, num_trades: 10, open: 100, quality: "repaired" });
    expect(world.status).toMatchObject({
      trades: 25,
      repaired_trades: 4,
      gaps: 0,
      missing_trades: 0,
    });
  });

  test("trades that arrive before the beginning are used, from their minute on", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    await world.play(all.slice(4, 25));
    world.market.connected();
    await world.play(all.slice(25));
    const bars = await world.advanceTo(at(4, 5));
    expect(bars.map((bar) => bar.num_trades)).toEqual([10, 10, 10, 10]);
    expect(bars.map((bar) => bar.quality)).toEqual(["repaired", "trades", "trades", "trades"]);
  });

  test("a lost trade is fetched before anything behind it is used", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    await world.play(all, [17, 18]);
    const bars = await world.advanceTo(at(4, 3));
    expect(bars.map((bar) => bar.quality)).toEqual(["trades", "repaired", "trades", "trades"]);
    expect(bars[1]).toMatchObject({ num_trades: 10, first_trade_id: 10, last_trade_id: 19 });
    expect(world.status).toMatchObject({
      trades: 40,
      repaired_trades: 2,
      gaps: 1,
      missing_trades: 0,
    });
  });

  test("trades that arrive out of order within a moment cost no request", async () => {
    const all = tradesInRow(20);
    const world = new World(all);
    world.market.connected();
    await world.play(all.slice(0, 5));
    const pages = world.pages;
    await world.advanceTo(at(0, 36));
    const [five, six, seven] = all.slice(5, 8);
    if (five && six && seven) world.arrive(seven, five, six);
    await world.play(all.slice(8));
    expect(world.pages).toBe(pages);
    expect(world.status).toMatchObject({ trades: 20, held: 1, gaps: 0, repaired_trades: 0 });
  });

  test("history that lags is requested again until the gap is closed", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    world.faults.lagMs = 9000;
    await world.play(all, [17]);
    await world.advanceTo(at(4, 30));
    expect(world.published[1]).toMatchObject({ quality: "repaired", num_trades: 10 });
  });

  test("a failed request is retried", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    world.faults.fails = (request) => request % 3 !== 0;
    await world.play(all, [5, 17, 29]);
    await world.advanceTo(at(4, 30));
    expect(world.status).toMatchObject({ trades: 40, repaired_trades: 3, missing_trades: 0 });
  });

  test("a long gap is filled page by page, however often a page fails", async () => {
    const all = Array.from({ length: 30_000 }, (_, i) => trade(i, at(0, i / 100)));
    const world = new World(all, undefined, 100_000);
    world.market.connected();
    await world.play(all.slice(0, 100));
    world.market.disconnected("lost");
    await world.advanceTo(at(4, 50));
    world.faults.fails = (request) => request % 3 !== 0;
    world.market.connected();
    await world.play(all.slice(29_000, 29_500));
    await world.advanceTo(at(8, 0));
    expect(world.status).toMatchObject({ trades: 30_000, missing_trades: 0 });
  });

  test("a gap that the exchange cannot fill is given up, and its minute taken from the kline", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    world.faults.lacks.add(17);
    await world.play(all, [17]);
    const bars = await world.advanceTo(at(5, 0));
    expect(bars.map((bar) => bar.quality)).toEqual(["trades", "kline", "repaired", "trades"]);
    expect(world.status.missing_trades).toBe(1);
  });

  test("without any answer the stream continues behind the gap after a while", async () => {
    const all = tradesInRow(40);
    const world = new World(all);
    world.market.connected();
    await world.play(all.slice(0, 12));
    world.faults.works = false;
    await world.play(all.slice(12), [17]);
    await world.advanceTo(at(4, 40));
    expect(world.published.map((bar) => bar.quality)).toEqual([
      "trades",
      "incomplete",
      "trades",
    ]);
    expect(world.status.missing_trades).toBe(1);
  });

  test("a trade with an absurdly high id does not stop the stream", async () => {
    const all = tradesInRow(60);
    const world = new World(all, undefined, 1000);
    world.market.connected();
    await world.play(all.slice(0, 15));
    world.arrive(trade(500, at(1, 25)));
    await world.play(all.slice(15));
    const bars = await world.advanceTo(at(6, 5));
    expect(bars.map((bar) => bar.num_trades)).toEqual(Array(6).fill(10));
    expect(bars.at(-1)?.quality).toBe("trades");
  });

  test("a gap too long to fill trade by trade is left to klines", async () => {
    const all = Array.from({ length: 3000 }, (_, i) => trade(i, at(0, i)));
    const world = new World(all, undefined, 500);
    world.market.connected();
    await world.play(all.slice(0, 90));
    world.market.disconnected("lost");
    await world.advanceTo(at(46, 10));
    world.market.connected();
    await world.play(all.slice(2780, 2950));
    const bars = world.published;
    expect(bars.map((bar) => bar.num_trades)).toEqual(Array(49).fill(60));
    expect(bars.map((bar) => bar.quality)).toEqual([
      "trades",
      ...Array(45).fill("kline"),
      "repaired",
      "trades",
      "trades",
    ]);
  });

  test("restarted trade ids are followed", async () => {
    const old = [trade(900, at(0, 5)), trade(901, at(0, 50))];
    const fresh = [trade(1, at(1, 10)), trade(2, at(2, 1)), trade(3, at(3, 1))];
    const world = new World([...old, ...fresh]);
    world.market.connected();
    await world.play([...old, ...fresh]);
    const bars = await world.advanceTo(at(4, 30));
    expect(bars.map(({ timestamp, num_trades }) => [timestamp, num_trades])).toEqual(
      [0, 1, 2, 3].map((minute) => [at(minute, 0), minute === 0 ? 2 : 1]),
    );
    expect(bars.at(-1)?.quality).toBe("trades");
    expect(world.status.duplicates).toBe(0);
  });

  test("duplicates are counted and change nothing", async () => {
    const all = tradesInRow(30);
    const world = new World(all);
    world.market.connected();
    for (const t of all) {
      await world.advanceTo(t.time);
      world.arrive(t, t);
    }
    expect((await world.advanceTo(at(3, 5))).map((bar) => bar.num_trades)).toEqual([10, 10, 10]);
    expect(world.status).toMatchObject({ trades: 30, duplicates: 30 });
  });
});
