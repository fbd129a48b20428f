import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TradeRows } from "../../../data/files/market_rows.ts";
import { repairTrades } from "../../../data/quality/trade_repair.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";
import { START, tradeLine as anyLine, writeLines } from "../history_lines.ts";

/** A trade of three raw trades, which continue those of the trade before. */
const tradeLine = (id: number, change: Readonly<Record<string, string | number>> = {}) =>
  anyLine(id, { first: 3 * id, last: 3 * id + 2, ...change });

async function repairFile(path: string) {
  const rows = new TradeRows("BTCUSDT", "spot");
  await rows.readFile(path);
  return repairTrades(rows);
}

const repair = (...lines: string[]) => repairFile(writeLines("BTCUSDT-aggTrades-x.csv", lines));

describe("repairTrades", () => {
  test("order, repetition and microseconds are repaired", async () => {
    const { trades, report } = await repair(
      tradeLine(3, { time: `${START + 3000}250` }),
      tradeLine(1),
      tradeLine(2, { maker: "False" }),
      tradeLine(1),
    );
    expect([...trades.id]).toEqual([1, 2, 3]);
    expect([...trades.trade_time]).toEqual([START + 1000, START + 2000, START + 3000.25]);
    expect([...trades.buyer_is_maker]).toEqual([1, 0, 1]);
    expect(report.repaired).toEqual({
      duplicates: 1,
      outOfOrder: 2,
      microseconds: 1,
      voids: 0,
      reused: 0,
    });
    expect(report.errors).toEqual([]);
    expect(report.holes).toEqual([]);
  });

  test("a void row is dropped, and raw trades that are missing beside it are named", async () => {
    const { trades, report } = await repair(
      tradeLine(1),
      tradeLine(2, { price: 0, quantity: 0, first: -1, last: -1 }),
      tradeLine(3),
    );
    expect([...trades.id]).toEqual([1, 3]);
    expect(report.repaired.voids).toBe(1);
    expect(report.holes).toMatchObject([{ from: 6, to: 9 }]);
    expect(report.errors).toEqual([]);
  });

  test("raw trades that no row holds are named, with the times around them", async () => {
    const { report } = await repair(
      tradeLine(1),
      tradeLine(2),
      tradeLine(3, { first: 15, last: 17 }),
      tradeLine(9),
    );
    expect(report.holes).toEqual([
      { from: 9, to: 15, between: [START + 2000, START + 3000] },
      { from: 18, to: 27, between: [START + 3000, START + 9000] },
    ]);
  });

  test("raw trades that an aggregate holds again are taken once, and nothing is missing", async () => {
    const { trades, report } = await repair(
      tradeLine(1),
      tradeLine(2),
      tradeLine(3, { first: 3, last: 5 }),
      tradeLine(4, { first: 9, last: 11 }),
    );
    expect([...trades.id]).toEqual([1, 2, 4]);
    expect(report.holes).toEqual([]);
    expect(report.errors).toMatchObject([{ kind: "conflict", examples: [{ line: 3 }] }]);
    expect(report.errors[0]?.examples[0]?.what)
      .toBe("raw trades 3 to 5 of id 3 are, in whole or in part, in an earlier row");
  });

  test("an id that the exchange used twice is two trades, in the order of their raw trades", async () => {
    const { trades, report } = await repair(
      tradeLine(4, { first: 15, last: 17 }),
      tradeLine(3, { first: 12, last: 14, price: 101 }),
      tradeLine(2),
      tradeLine(3),
      tradeLine(3),
    );
    expect([...trades.id]).toEqual([2, 3, 3, 4]);
    expect([...trades.first_trade_id]).toEqual([6, 9, 12, 15]);
    expect(report.repaired).toMatchObject({ duplicates: 1, reused: 1 });
    expect(report).toMatchObject({ errors: [], holes: [] });
  });

  test("unusable rows are left out and named", async () => {
    const { trades, report } = await repair(tradeLine(1), tradeLine(2, { price: "x" }));
    expect([...trades.id]).toEqual([1]);
    expect(report.errors).toMatchObject([{ kind: "unreadable", examples: [{ line: 2 }] }]);
  });

  test("of rows that contradict each other the first is kept", async () => {
    const { trades, report } = await repair(tradeLine(1), tradeLine(1, { price: 5 }));
    expect([...trades.price]).toEqual([100]);
    expect(report.errors[0]?.examples[0]?.what).toBe(
      "raw trades 3 to 5 of id 1 are, in whole or in part, in an earlier row",
    );
  });

  test("raw trades are aggregates of their own", async () => {
    const { trades } = await repair(`5,4.0,12.0,48.0,${START},true,true`);
    expect([...trades.first_trade_id, ...trades.last_trade_id]).toEqual([5, 5]);
    expect([...trades.trade_time]).toEqual([START]);
  });

  test("every raw trade between the first and the last is in a trade or in a hole", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(50), { minLength: 1 }), async (ids) => {
        const { trades, report } = await repair(...ids.map((id) => tradeLine(id)));
        expect([...trades.id]).toEqual([...new Set(ids)].sort((a, b) => a - b));
        const missing = report.holes.reduce((sum, { from, to }) => sum + to - from, 0);
        expect(3 * report.trades + missing).toBe(3 * (Math.max(...ids) - Math.min(...ids) + 1));
      }),
      { numRuns: 30 },
    );
  });

  const PEPE = "trades/PEPEUSDT-spot-aggTrades-2024-10-27.csv.gz";
  realDataTest("a real day of aggregate trades is whole", [PEPE], async () => {
    const { report } = await repairFile(sharedData(PEPE));
    expect(report).toMatchObject({ rows: 57_229, trades: 57_229, errors: [], holes: [] });
  });
});
