import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogFields } from "../../../service/log.ts";
import type { Trade } from "../../../data/schema/trade.ts";
import { RawIdCheck } from "../../../service/ingest/raw_ids.ts";
import { at, trade, tradesInRow, World } from "../world.ts";

function makeCheck() {
  const clock = { now: 0 };
  const logged: [string, LogFields | undefined][] = [];
  const check = new RawIdCheck("BTCUSDT", { monotonic: () => clock.now }, {
    warning: (message, fields) => void logged.push([message, fields]),
  });
  return { clock, logged, check };
}

/** An aggregate trade of given raw trades. */
function aggregate(id: number, firstTradeId: number, lastTradeId: number): Trade {
  return { ...trade(id, 1000 * id), firstTradeId, lastTradeId };
}

test("lost and repeated raw trades are counted", () => {
  const { check, logged } = makeCheck();
  check.add(aggregate(1, 10, 12));
  check.add(aggregate(2, 13, 13));
  expect(check.breaks).toBe(0);
  check.add(aggregate(3, 16, 17));
  check.add(aggregate(4, 17, 18));
  expect(check.breaks).toBe(2);
  expect(logged).toEqual([[
    "raw trades are missing between two aggregate trades",
    { symbol: "BTCUSDT", id: 3, first: 16, expected: 14, breaks: 1 },
  ]]);
});

test("an aggregate that comes again under another id is one break", () => {
  const { check, logged } = makeCheck();
  const ranges = [[10, 12], [13, 13], [10, 12], [14, 15], [16, 16]] as const;
  for (const [i, [first, last]] of ranges.entries()) check.add(aggregate(i, first, last));
  expect(check.breaks).toBe(1);
  expect(logged[0]?.[0]).toBe("an aggregate trade repeats raw trades of an earlier one");
});

test("breaks are logged once a minute", () => {
  const { check, clock, logged } = makeCheck();
  for (let i = 0; i < 130; i++) {
    clock.now = 1000 * i;
    check.add(aggregate(i, 10 * i, 10 * i));
  }
  expect(check.breaks).toBe(129);
  expect(logged.map(([, fields]) => fields?.id)).toEqual([1, 61, 121]);
});

test("behind missing aggregates raw ids are not compared", () => {
  const { check } = makeCheck();
  check.add(aggregate(1, 10, 12));
  check.add(aggregate(3, 20, 22));
  expect(check.breaks).toBe(0);
});

test("for any skipped raw trades, each place counts once", () => {
  const step = fc.tuple(fc.nat(3), fc.nat(9));
  fc.assert(fc.property(fc.array(step), (steps) => {
    const { check } = makeCheck();
    let last = 1000;
    check.add(aggregate(0, last, last));
    for (const [i, [skip, length]] of steps.entries()) {
      const first = last + 1 + skip;
      last = first + length;
      check.add(aggregate(i + 1, first, last));
    }
    expect(check.breaks).toBe(steps.filter(([skip]) => skip !== 0).length);
  }));
});

test("the status of a market counts them, and the trades are folded as they are", async () => {
  const all = tradesInRow(20).map((each) =>
    each.id < 15 ? each : { ...each, firstTradeId: each.id + 1, lastTradeId: each.id + 1 }
  );
  const world = new World(all);
  world.market.connected();
  await world.play(all);
  const bars = await world.advanceTo(at(2, 5));
  expect(world.status).toMatchObject({ trades: 20, raw_id_breaks: 1, gaps: 0 });
  expect(bars.map((bar) => bar.volume)).toEqual([10, 10]);
});
