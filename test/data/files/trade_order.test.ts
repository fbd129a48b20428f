import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RowErrorLog } from "../../../data/files/row_errors.ts";
import {
  describeTradeOrder,
  readTradesInOrder,
  TradeOrderLog,
} from "../../../data/files/trade_order.ts";
import { START, tradeLine, writeLines } from "../history_lines.ts";

/** Trade `i`: three raw trades, which continue those of the trade before. */
const line = (i: number, change: Readonly<Record<string, string | number>> = {}) =>
  tradeLine(i, { first: 3 * i, last: 3 * i + 2, ...change });

const write = (...lines: string[]) => writeLines("BTCUSDT-aggTrades-x.csv", lines);

async function read(paths: readonly string[], held?: number) {
  const errors = new RowErrorLog();
  const order = new TradeOrderLog();
  const options = { errors, order, ...(held === undefined ? {} : { held }) };
  const trades = (await Array.fromAsync(readTradesInOrder(paths, options))).flat();
  return { trades, ids: trades.map(({ id }) => id), errors: errors.counts(), order };
}

describe("readTradesInOrder", () => {
  test("rows and files in any order give the same trades", async () => {
    const { ids, errors, order } = await read([
      write(line(5), line(4), line(7)),
      write(line(2), line(6), line(3)),
    ]);
    expect(ids).toEqual([2, 3, 4, 5, 6, 7]);
    expect(errors).toEqual([]);
    expect(describeTradeOrder(order)).toEqual([]);
  });

  test("two spans that alternate row by row are both read, and the gap is named", async () => {
    const path = write(...[1, 101, 2, 102, 3, 103].map((i) => line(i)));
    const { ids, order } = await read([path]);
    expect(ids).toEqual([1, 2, 3, 101, 102, 103]);
    expect(order).toMatchObject({
      missing: 291,
      places: 1,
      examples: [{ file: path, line: 2, from: 12, to: 302 }],
    });
    expect(describeTradeOrder(order)).toEqual([
      "missing: 291 raw trades at 1 place; the minutes there are incomplete",
      `  ${path}:2: raw trades 12 to 302 are missing before it`,
    ]);
  });

  test("repeated rows are passed over and counted, far behind too", async () => {
    const all = [1, 2, 3, 4, 5, 6].map((i) => line(i));
    const { ids, errors, order } = await read([write(...all, ...all)], 1);
    expect(ids).toEqual([1, 2, 3, 4, 5, 6]);
    expect(errors).toEqual([]);
    expect(describeTradeOrder(order)).toEqual([
      "passed over: 6 rows, repeating an earlier one",
    ]);
  });

  test("raw trades that come again under another id are left out and named", async () => {
    const path = write(line(1), line(2), line(3, { first: 3, last: 5 }), line(4));
    const { ids, errors, order } = await read([path]);
    expect(ids).toEqual([1, 2, 4]);
    expect(errors).toMatchObject([{ kind: "conflict", count: 1, examples: [{ line: 3 }] }]);
    expect(order).toMatchObject({ missing: 3, examples: [{ from: 9, to: 11 }] });
  });

  test("an aggregate id that is used for other raw trades too loses none", async () => {
    const { trades, errors, order } = await read([
      write(line(4, { id: 3 }), line(5)),
      write(line(2), line(3)),
    ]);
    expect(trades.map(({ firstTradeId }) => firstTradeId)).toEqual([6, 9, 12, 15]);
    expect([errors, order.missing, order.repeated]).toEqual([[], 0, 0]);
  });

  test("a row too far behind its place, and one of an earlier minute, are named", async () => {
    const path = write(line(4), line(5), line(1), line(6, { time: START - 1 }), line(7));
    const { ids, errors } = await read([path], 1);
    expect(ids).toEqual([4, 5, 7]);
    expect(errors).toMatchObject([{
      kind: "order",
      count: 2,
      examples: [
        { file: path, line: 3, what: expect.stringContaining("too far behind") },
        { file: path, line: 4, what: expect.stringContaining("2024-04-30T23:59:59.999Z") },
      ],
    }]);
  });

  test("void rows are dropped, and raw ids that continue across one show that nothing is missing", async () => {
    const none = line(2, { price: 0, quantity: 0, first: -1, last: -1 });
    const { ids, order } = await read([write(line(1), none, line(3, { first: 6, last: 8 }))]);
    expect(ids).toEqual([1, 3]);
    expect(order.missing).toBe(0);
  });

  test("raw ids that run backwards make a row unusable", async () => {
    const { ids, errors } = await read([write(line(1), line(2), line(3, { last: 8 }))]);
    expect(ids).toEqual([1, 2]);
    expect(errors).toMatchObject([{ kind: "negative", examples: [{ line: 3 }] }]);
  });
});

/** Trades in any order, some of them again, in up to three files. */
const shuffled = fc.array(fc.nat(40), { minLength: 1, maxLength: 60 });

describe("for any order, repetition and division into files", () => {
  test("each trade comes once, in order, and every raw trade is read or missing", async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 3 }), async (indices, count) => {
        const parts = Array.from(
          { length: count },
          (_, part) => indices.filter((_, i) => i % count === part).map((i) => line(i)),
        ).filter((lines) => lines.length > 0);
        const { trades, ids, errors, order } = await read(parts.map((lines) => write(...lines)));
        const expected = [...new Set(indices)].sort((a, b) => a - b);
        expect(ids).toEqual(expected);
        expect(errors).toEqual([]);
        expect(order.repeated).toBe(indices.length - expected.length);
        const span = (trades.at(-1)?.lastTradeId ?? NaN) - (trades[0]?.firstTradeId ?? NaN) + 1;
        expect(3 * trades.length + order.missing).toBe(span);
      }),
      { numRuns: 50 },
    );
  });

  test("with little memory every row is a trade, repeated or named, and the trades ascend", async () => {
    await fc.assert(
      fc.asyncProperty(shuffled, fc.integer({ min: 1, max: 5 }), async (indices, held) => {
        const { ids, errors, order } = await read([write(...indices.map((i) => line(i)))], held);
        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
        const left = errors.reduce((sum, { count }) => sum + count, 0);
        expect(ids.length + order.repeated + left).toBe(indices.length);
      }),
      { numRuns: 50 },
    );
  });
});
