import fc from "fast-check";
import { expect, test } from "vitest";
import { DAY_MS, MINUTE_MS, minuteOf } from "../../../data/schema/time.ts";
import { emptyBar } from "../../../service/ingest/bars/bar_builder.ts";
import { at, START, trade, tradesInRow, World } from "../world.ts";

/** Ten trades in minute 0, ten in minute 1, and ten each from minute `resumed` on. */
function tradesAround(resumed: number) {
  return tradesInRow(40).map((t, i) =>
    i < 20 ? t : trade(i, t.time + (resumed - 2) * MINUTE_MS, t.price)
  );
}

test.each([
  ["no klines", (minute: number) => minute >= at(2, 0) && minute < at(60, 0), 0],
  ["flat klines", () => false, 58],
])(
  "a halt of which the exchange has %s is no fault, and trading goes on by itself",
  async (_, lacksMinute, flat) => {
    const all = tradesAround(60);
    const world = new World(all);
    world.faults.lacksMinute = lacksMinute;
    world.market.connected();
    await world.play(all.slice(0, 20));
    world.faults.listing = "stopped";
    await world.advanceTo(at(6, 0));
    expect(world.status).toMatchObject({ market: "halted", problem: null, loading: null });
    await world.advanceTo(at(30, 0));
    expect(world.status).toMatchObject({ market: "halted", problem: null });
    world.faults.listing = "trading";
    await world.play(all.slice(20));
    await world.advanceTo(at(62, 5));
    expect(world.status).toMatchObject({
      market: "trading",
      problem: null,
      late: 0,
      missing_trades: 0,
    });
    const times = world.published.map(({ timestamp }) => (timestamp - START) / MINUTE_MS);
    const halted = Array.from({ length: flat }, (_, i) => 2 + i);
    // Minutes between the last trade and the first question were published while they passed.
    expect(times).toEqual([0, 1, ...halted, 60, 61]);
    expect(world.published.filter(({ volume }) => volume > 0).map(({ quality }) => quality))
      .toEqual(["trades", "trades", "trades", "trades"]);
    expect(world.messages.filter((line) => line.includes("no klines"))).toHaveLength(
      flat > 0 ? 0 : 1,
    );
  },
);

/** A halt of this length is noticed, however the questions fall, ms. */
const NOTICED_MS = 8 * MINUTE_MS;

test("under any halt each kline of the exchange has its bar, and nothing is made up for a halt", async () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 1, max: 16 }), { minLength: 2, maxLength: 2 });
  const seconds = fc.array(fc.integer({ min: 0, max: 18 * 60 }), { minLength: 5, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        minutes,
        seconds,
        isFlat: fc.boolean(),
        isTold: fc.boolean(),
        lostEvery: fc.integer({ min: 2, max: 9 }),
      }),
      async ({ minutes, seconds, isFlat, isTold, lostEvery }) => {
        const [from = 0, to = 0] = minutes.toSorted((a, b) => a - b).map((minute) => at(minute, 0));
        const isHalted = (time: number) => time >= from && time < to;
        const all = seconds.toSorted((a, b) => a - b).map((second) => at(0, second))
          .filter((time) => !isHalted(time))
          .map((time, id) => trade(id, time, 100 + id % 7, 1 + id % 3));
        fc.pre(all.length > 0);
        const world = new World(all);
        world.faults.lacksMinute = (minute) => !isFlat && isHalted(minute);
        world.market.connected();
        const pass = async (until: number) => {
          while (world.now < until) {
            world.faults.listing = isTold && isHalted(world.now) ? "stopped" : "trading";
            await world.advanceTo(Math.min(until, world.now + 10_000));
          }
        };
        for (const t of all) {
          await pass(t.time);
          if (t.id % lostEvery > 0) world.arrive(t);
        }
        const end = at(20, 0);
        await pass(end);
        await world.advanceTo(end + 50_000);
        const firstKline = minuteOf(all[0]?.time ?? START);
        const bars = world.published.filter(({ timestamp }) =>
          timestamp >= firstKline && timestamp < end
        );
        const klines = world.klines(firstKline, end);
        const times = new Set(klines.map(({ open_time }) => open_time));
        const columns = (of: typeof bars | typeof klines) =>
          of.map(({ open, high, low, close, volume }) => [open, high, low, close, volume]);
        const known = bars.filter(({ timestamp }) => times.has(timestamp));
        expect(known.map(({ timestamp }) => timestamp)).toEqual([...times]);
        expect(columns(known)).toEqual(columns(klines));
        // A halt that is over before the exchange was asked is a lull, of which the ids prove that
        // there was no trade.
        const others = bars.filter(({ timestamp }) => !times.has(timestamp));
        for (const { quality } of others) expect(quality).toBe("empty");
        if (isTold && to - from >= NOTICED_MS) expect(others).toEqual([]);
        expect(world.status).toMatchObject({ market: "trading", problem: null });
      },
    ),
    { numRuns: 40 },
  );
});

test("a market that the exchange does not know is not asked for again and again, and begins by itself", async () => {
  const all = tradesInRow(40).map((t) => ({ ...t, time: t.time + 20 * MINUTE_MS }));
  const world = new World(all);
  world.faults.listing = "unknown";
  world.market.connected();
  await world.advanceTo(at(20, 0));
  expect(world.status).toMatchObject({ market: "unlisted", problem: null, loading: null });
  expect(world.pages).toBe(0);
  expect(world.questions).toBeLessThanOrEqual(21);
  const said = world.messages.filter((line) => line.includes("does not know this market"));
  expect(said).toHaveLength(1);
  expect(JSON.parse(said[0] ?? "")).toMatchObject({ symbol: "BTCUSDT", nearest: "BTCUSDC" });
  world.faults.listing = "trading";
  await world.play(all);
  await world.advanceTo(at(24, 5));
  expect(world.published.map(({ timestamp, num_trades }) => [timestamp, num_trades]))
    .toEqual([20, 21, 22, 23].map((minute) => [at(minute, 0), 10]));
  expect(world.status).toMatchObject({ market: "trading", problem: null });
});

test("a market with bars that the exchange does not know any more is delisted", async () => {
  const world = new World([], emptyBar("BTCUSDT", "binance", START - 9 * MINUTE_MS, 100));
  world.faults.listing = "unknown";
  world.market.connected();
  await world.advanceTo(at(3, 0));
  expect(world.status).toMatchObject({ market: "delisted", problem: null });
});

test.each([
  ["has never traded", [], "unlisted"],
  ["last traded yesterday", [trade(1, START - DAY_MS)], "halted"],
  ["last traded months ago", [trade(1, START - 90 * DAY_MS)], "delisted"],
])("a stopped market that %s is %s", async (_, trades, market) => {
  const world = new World(trades);
  world.faults.listing = "stopped";
  world.market.connected();
  await world.advanceTo(at(3, 0));
  expect(world.status).toMatchObject({ market, problem: null });
});

test("a quiet market is asked for once it has been quiet for a while, and then every five minutes", async () => {
  const all = tradesInRow(20);
  const world = new World(all);
  world.market.connected();
  await world.play(all);
  await world.advanceTo(at(3, 50));
  expect(world.questions).toBe(1);
  await world.advanceTo(at(4, 0));
  expect(world.questions).toBe(2);
  await world.advanceTo(at(34, 0));
  expect(world.questions).toBeLessThanOrEqual(9);
  expect(world.status).toMatchObject({ market: "trading", problem: null });
});

test("while the exchange does not say which markets trade, a market without bars has a problem", async () => {
  const all = tradesInRow(20);
  const world = new World(all);
  await world.advanceTo(at(0, 1));
  world.market.connected();
  await world.play(all.slice(1));
  world.faults.lacksMinute = (minute) => minute >= at(2, 0);
  await world.advanceTo(at(12, 0));
  expect(world.status.market).toBe("trading");
  expect(world.status.problem).toMatch(
    /^no bar since .*00:01Z, as the exchange has no klines since$/,
  );
});

test("trades in the silence of a socket are those of the exchange's history that did not arrive", async () => {
  const all = tradesInRow(40);
  const world = new World(all);
  world.market.connected();
  await world.play(all.slice(0, 20));
  expect(await world.market.missedTrades(60_000)).toBe(false);
  await world.advanceTo(at(2, 30));
  expect(await world.market.missedTrades(60_000)).toBe(true);
  // The bars of the time are complete all the same.
  await world.advanceTo(at(4, 5));
  expect(await world.market.missedTrades(120_000)).toBe(true);
  expect(world.published.map(({ num_trades }) => num_trades)).toEqual([10, 10, 10, 10]);
});
