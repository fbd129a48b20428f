import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readRows } from "../../../data/files/source_rows.ts";
import { repairTrades } from "../../../data/quality/trade_repair.ts";
import { createTradeRows, TRADE_FORMAT, type TradeFault } from "../../../data/files/trade_rows.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";
import { START, writeLines } from "../kline_lines.ts";

/** An aggregate trade, one second after the other. */
function tradeLine(id: number, change: Readonly<Record<string, string | number>> = {}): string {
  const line = { id, price: 100, quantity: 2, first: 10 * id, last: 10 * id + 3 };
  return Object.values({ ...line, time: START + id * 1000, maker: "True", best: "True", ...change })
    .join(",");
}

async function repairFile(path: string) {
  const rows = createTradeRows("BTCUSDT", "spot");
  await readRows(path, TRADE_FORMAT, rows);
  return repairTrades(rows);
}

const repair = (...lines: string[]) => repairFile(writeLines("BTCUSDT-aggTrades-x.csv", lines));

describe("repairTrades", () => {
  test("order, repetition and microseconds are repaired", async () => {
    const { trades, quality } = await repair(
      tradeLine(3, { time: `${START + 3000}250` }),
      tradeLine(1),
      tradeLine(2, { maker: "False" }),
      tradeLine(1),
    );
    expect([...trades.id]).toEqual([1, 2, 3]);
    expect([...trades.trade_time]).toEqual([START + 1000, START + 2000, START + 3000.25]);
    expect([...trades.buyer_is_maker]).toEqual([1, 0, 1]);
    expect(quality.repaired).toEqual({ duplicates: 1, outOfOrder: 2, microseconds: 1, voids: 0 });
    expect(quality.faults).toEqual([]);
    expect(quality.holes).toEqual([]);
  });

  test("a void row is dropped, and its id is no hole", async () => {
    const { trades, quality } = await repair(
      tradeLine(1),
      tradeLine(2, { price: 0, quantity: 0, first: -1, last: -1 }),
      tradeLine(3),
    );
    expect([...trades.id]).toEqual([1, 3]);
    expect(quality.repaired.voids).toBe(1);
    expect(quality.holes).toEqual([]);
    expect(quality.faults).toEqual([]);
  });

  test("ids that no row has are named, with the times around them", async () => {
    const { quality } = await repair(tradeLine(1), tradeLine(2), tradeLine(7), tradeLine(9));
    expect(quality.holes).toEqual([
      { from: 3, to: 7, between: [START + 2000, START + 7000] },
      { from: 8, to: 9, between: [START + 7000, START + 9000] },
    ]);
  });

  const faults: readonly [TradeFault, Record<string, string | number>, string][] = [
    ["not_finite", { price: "inf" }, 'price must be a number: it is "inf"'],
    ["unreadable", { quantity: "x" }, 'quantity must be a number: it is "x"'],
    ["unreadable", { maker: "maybe" }, 'is_buyer_maker must be true or false: it is "maybe"'],
    ["unreadable", { time: 12 }, "time must be in ms or us since 1970"],
    ["negative", { price: 0 }, "price must be above 0: it is 0"],
    ["negative", { quantity: -1 }, "quantity must be above 0: it is -1"],
    ["negative", { id: -5 }, "id must be a whole number from 0: it is -5"],
  ];
  test.each(faults)("%s: %j is left out and named", async (kind, change, what) => {
    const { trades, quality } = await repair(tradeLine(1), tradeLine(2, change));
    expect([...trades.id]).toEqual([1]);
    expect(quality.faults).toMatchObject([
      { kind, count: 1, examples: [{ line: 2, what: expect.stringContaining(what) }] },
    ]);
  });

  test("of rows that contradict each other the first stands", async () => {
    const { trades, quality } = await repair(tradeLine(1), tradeLine(1, { price: 5 }));
    expect([...trades.price]).toEqual([100]);
    expect(quality.faults[0]?.examples[0]?.what).toBe(
      "id 1: price is 5 where an earlier row has 100",
    );
  });

  test("raw trades are aggregates of their own", async () => {
    const { trades } = await repair(`5,4.0,12.0,48.0,${START},true,true`);
    expect([...trades.first_trade_id, ...trades.last_trade_id]).toEqual([5, 5]);
    expect([...trades.trade_time]).toEqual([START]);
  });

  test("every id between the first and the last is a trade or in a hole", () => {
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 1 }), (ids) => {
      const rows = createTradeRows("BTCUSDT", "spot");
      rows.startFile("a.csv");
      ids.forEach((id, line) => rows.add([id, 1, 1, id, id, START + id, 0], line + 1));
      const { trades, quality } = repairTrades(rows);
      expect([...trades.id]).toEqual([...new Set(ids)].sort((a, b) => a - b));
      const missing = quality.holes.reduce((sum, { from, to }) => sum + to - from, 0);
      expect(quality.trades + missing).toBe(Math.max(...ids) - Math.min(...ids) + 1);
    }));
  });

  const PEPE = "trades/PEPEUSDT-spot-aggTrades-2024-10-27.csv.gz";
  realDataTest("a real day of aggregate trades is whole", [PEPE], async () => {
    const { quality } = await repairFile(sharedData(PEPE));
    expect(quality).toMatchObject({ rows: 57_229, trades: 57_229, faults: [], holes: [] });
  });
});
