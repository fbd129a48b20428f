import { describe, expect, test } from "vitest";
import { type RowErrorKind, RowErrorLog } from "../../../data/files/row_errors.ts";
import { readTradeRows, type TradeRow } from "../../../data/files/trades.ts";
import { START, tradeLine, writeLines } from "../history_lines.ts";

async function readFile(path: string) {
  const errors = new RowErrorLog();
  const chunks = await Array.fromAsync(readTradeRows(path, errors));
  return { trades: chunks.flatMap(({ rows }) => rows), errors: errors.counts() };
}

const read = (...lines: string[]) => readFile(writeLines("BTCUSDT-aggTrades-x.csv", lines));

const TRADE: TradeRow = {
  id: 26129,
  price: 0.01633102,
  quantity: 4.70443515,
  firstTradeId: 27781,
  lastTradeId: 27783,
  time: 1498793709153,
  microseconds: 0,
  buyerIsMaker: true,
};

/** As Binance's dumps have it, with Python's booleans. */
const LINE = "26129,0.01633102,4.70443515,27781,27783,1498793709153,True,True";

describe("sound rows", () => {
  test("aggregate trades", async () => {
    expect(await read(LINE)).toEqual({ trades: [TRADE], errors: [] });
  });

  test("microseconds are kept apart from the milliseconds", async () => {
    const { trades } = await read(LINE.replace("1498793709153", "1498793709153042"));
    expect(trades).toEqual([{ ...TRADE, microseconds: 42 }]);
  });

  test("a raw trade is an aggregate of its own", async () => {
    const { trades } = await read("28457,4.00000100,12.00000000,48.000012,1499865549590,true,true");
    expect(trades).toEqual([{
      id: 28457,
      price: 4.000001,
      quantity: 12,
      firstTradeId: 28457,
      lastTradeId: 28457,
      time: 1499865549590,
      microseconds: 0,
      buyerIsMaker: true,
    }]);
  });

  test("headers of both kinds of files are passed over", async () => {
    const aggregates = "agg_trade_id,price,quantity,first_trade_id,last_trade_id,transact_time," +
      "is_buyer_maker,is_best_match";
    const raw = "id,price,qty,quote_qty,time,is_buyer_maker";
    expect((await read(aggregates, LINE)).trades).toEqual([TRADE]);
    expect((await read(raw, `1,2,3,6,${START},false`)).trades).toMatchObject([{ id: 1, price: 2 }]);
  });
});

describe("void rows", () => {
  const VOID = tradeLine(2, { price: "0.0", quantity: "0.0", first: -1, last: -1 });

  test("occupy an id among the rows", async () => {
    const { trades, errors } = await read(tradeLine(1), VOID, tradeLine(3));
    expect(trades.map(({ id, quantity }) => [id, quantity])).toEqual([[1, 2], [2, 0], [3, 2]]);
    expect(errors).toEqual([]);
  });
});

const cases: readonly [RowErrorKind, Record<string, string | number>, string][] = [
  ["not_finite", { price: "inf" }, 'price must be a number: current value is "inf"'],
  ["unreadable", { quantity: "x" }, 'quantity must be a number: current value is "x"'],
  [
    "unreadable",
    { maker: "maybe" },
    'is_buyer_maker must be true or false: current value is "maybe"',
  ],
  ["unreadable", { time: 12 }, "time must be in ms or us, from 2017 on"],
  ["unreadable", { time: `${START}000000` }, "time must be in ms or us, from 2017 on"],
  ["negative", { price: 0 }, "price must be above 0: current value is 0"],
  ["negative", { quantity: "0.0" }, "quantity must be above 0: current value is 0"],
  ["negative", { quantity: -1 }, "quantity must be above 0: current value is -1"],
  ["negative", { last: 19 }, "last_trade_id must be first_trade_id, from 0, or above"],
  ["negative", { id: -5 }, "id must be a whole number from 0: current value is -5"],
];
test.each(cases)("%s: %j is left out and named", async (kind, change, what) => {
  const path = writeLines("BTCUSDT-aggTrades-x.csv", [tradeLine(1), tradeLine(2, change)]);
  const { trades, errors } = await readFile(path);
  expect(trades.map(({ id }) => id)).toEqual([1]);
  expect(errors).toEqual([
    { kind, count: 1, examples: [{ file: path, line: 2, what: expect.stringContaining(what) }] },
  ]);
});

test("a file of klines is refused", async () => {
  const path = writeLines("BTCUSDT-x.csv", ["open_time,open,high,low,close,volume", "1,2,3"]);
  await expect(readFile(path)).rejects.toThrow(
    `Cannot use ${path} as its header must be that of Binance's trades or aggTrades files`,
  );
});
