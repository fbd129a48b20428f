import { describe, expect, test } from "vitest";
import { recordedMarket } from "../../../service/simulator/recorded/source.ts";
import type {
  ExchangeKline,
  KlineQuery,
  Market,
  MarketSource,
} from "../../../service/simulator/source.ts";
import { type MadeTrade, writeKlines, writeTrades } from "./history_files.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

/** 2024-05-01 00:00 UTC. */
const START = Date.UTC(2024, 4, 1);

function marketOf(source: MarketSource, symbol = "BTCUSDT"): Market {
  const market = source.market(symbol);
  if (market === undefined) throw new Error(`${symbol} is not recorded`);
  return market;
}

function klines(market: Market, query: Partial<KlineQuery>): ExchangeKline[] {
  return market.klines({
    from: 0,
    to: START + 1e9,
    now: START + 1e9,
    limit: 1000,
    keep: "oldest",
    ...query,
  });
}

function minutesOf(rows: readonly ExchangeKline[]): number[] {
  return rows.map(({ openTime }) => (openTime - START) / MINUTE_MS);
}

/** Trades at the given times, seconds after {@linkcode START}, with ids from 100. */
function tradesAt(...seconds: number[]): MadeTrade[] {
  return seconds.map((second, i) => ({
    id: 100 + i,
    price: `6000${i % 10}.5`,
    quantity: "0.25",
    time: START + second * 1000,
  }));
}

describe("trades", () => {
  test("are those of all files, each once, in order of id", async () => {
    const rows = tradesAt(30, 70, 130, 190);
    const source = await recordedMarket({
      trades: [
        writeTrades("BTCUSDT-b.csv", rows.slice(1)),
        writeTrades("BTCUSDT-a.csv", rows.slice(0, 3)),
      ],
    });
    const market = marketOf(source);
    expect(market.trades(0, 9).map(({ id }) => id)).toEqual([100, 101, 102, 103]);
    expect(source.recording).toEqual({ from: START + 70_000, to: START + 190_000 });
  });

  test.each([
    ["BTCUSDT-x.csv", [30, 70, 130], 70],
    ["BTCUSDT-x.csv", [0, 70], 0],
    ["BTCUSDT-x.csv", [30, 50], 30],
    ["BTCUSDT-aggTrades-2024-05-01.csv", [30, 70], 30],
  ])(
    "of %s with trades after %j s begin with the first whole minute, if any",
    async (name, seconds, from) => {
      const source = await recordedMarket({ trades: [writeTrades(name, tradesAt(...seconds))] });
      expect(source.recording?.from).toBe(START + from * 1000);
    },
  );

  test("keep the exact decimal value of the file", async () => {
    const file = writeTrades("PEPEUSDT-aggTrades.csv", [
      {
        id: 7,
        price: "0.00000908",
        quantity: "13296127012.90",
        time: START,
        buyerIsMaker: true,
        rawTrades: 3,
      },
    ]);
    const market = marketOf(await recordedMarket({ trades: [file] }), "PEPEUSDT");
    expect(market.trades(0, 1)).toEqual([
      {
        id: 7,
        price: "0.00000908",
        quantity: "13296127012.90000000",
        firstTradeId: 70,
        lastTradeId: 72,
        time: START,
        buyerIsMaker: true,
      },
    ]);
    expect(market.instrument).toEqual({
      symbol: "PEPEUSDT",
      baseAsset: "PEPE",
      quoteAsset: "USDT",
      priceDecimals: 8,
      quantityDecimals: 1,
    });
  });

  test("are found by id and by time", async () => {
    const file = writeTrades("BTCUSDT-x.csv", tradesAt(10, 20, 20, 30));
    const market = marketOf(await recordedMarket({ trades: [file] }));
    expect([0, 100, 102, 103, 104].map((id) => market.find(id))).toEqual([0, 0, 2, 3, 4]);
    expect([0, 10, 20, 20.001, 31].map((second) => market.seek(START + second * 1000)))
      .toEqual([0, 0, 1, 3, 4]);
  });

  test("are sorted by id within a file", async () => {
    const file = writeTrades("BTCUSDT-x.csv", tradesAt(10, 20, 30).reverse());
    const source = await recordedMarket({ trades: [file] });
    expect(marketOf(source).trades(0, 9).map(({ id }) => id)).toEqual([100, 101, 102]);
    expect(source.rowErrors).toEqual([]);
  });

  test("that cannot be used are left out and named, and those older than the one before", async () => {
    const [a, b, c, d, e] = tradesAt(10, 20, 15, 30, 40);
    if (!a || !b || !c || !d || !e) throw new Error("there must be five trades");
    const file = writeTrades("BTCUSDT-x.csv", [a, b, c, d, { ...e, quantity: "0.0" }]);
    const source = await recordedMarket({ trades: [file] });
    expect(marketOf(source).trades(0, 9).map(({ id }) => id)).toEqual([100, 101, 103]);
    expect(source.rowErrors).toMatchObject([
      { kind: "negative", count: 1, examples: [{ file, line: 5 }] },
      { kind: "order", count: 1, examples: [{ file, line: 3 }] },
    ]);
  });

  test("most of which are out of order of time are refused", async () => {
    const rows = tradesAt(50, 40, 30, 20, 10);
    await expect(recordedMarket({ trades: [writeTrades("BTCUSDT-x.csv", rows)] }))
      .rejects.toThrow("at least half of its trades must be in order of time: 1 of 5 are");
  });
});

describe("klines", () => {
  test("are built from trades, except in the minute in which the file begins", async () => {
    const file = writeTrades("BTCUSDT-x.csv", tradesAt(30, 61, 119, 200, 250));
    const rows = klines(marketOf(await recordedMarket({ trades: [file] })), { now: START + 250e3 });
    expect(minutesOf(rows)).toEqual([1, 2, 3, 4]);
    expect(rows[0]).toEqual({
      openTime: START + MINUTE_MS,
      open: "60001.50000000",
      high: "60002.50000000",
      low: "60001.50000000",
      close: "60002.50000000",
      volume: "0.50000000",
      quoteVolume: "30001.00000000",
      trades: 2,
      takerBuyVolume: "0.50000000",
      takerBuyQuoteVolume: "30001.00000000",
    });
    expect(rows[1]).toMatchObject({ open: "60002.50000000", high: "60002.50000000", trades: 0 });
  });

  test("contain no future trade", async () => {
    const file = writeTrades("BTCUSDT-x.csv", tradesAt(30, 61, 119, 200));
    const market = marketOf(await recordedMarket({ trades: [file] }));
    expect(klines(market, { now: START + 59e3 })).toEqual([]);
    expect(klines(market, { now: START + 62e3 })).toMatchObject([{ trades: 1 }]);
  });

  test("begin with the day when the file's name says that it holds the whole day", async () => {
    const file = writeTrades("BTCUSDT-aggTrades-2024-05-01.csv", tradesAt(2, 61, 119));
    const rows = klines(marketOf(await recordedMarket({ trades: [file] })), { now: START + 119e3 });
    expect(minutesOf(rows)).toEqual([0, 1]);
  });

  test("are not built for a minute with missing ids", async () => {
    const trades = tradesAt(0, 61, 90, 121, 181)
      .map((trade, i) => ({ ...trade, id: i < 2 ? trade.id : trade.id + 5 }));
    const market = marketOf(
      await recordedMarket({ trades: [writeTrades("BTCUSDT-x.csv", trades)] }),
    );
    expect(minutesOf(klines(market, { now: START + 181e3 }))).toEqual([0, 2, 3]);
  });

  test("come from the kline file where it has the minute and the minute is over", async () => {
    const source = await recordedMarket({
      trades: [writeTrades("BTCUSDT-t.csv", tradesAt(30, 61, 121, 190))],
      klines: [writeKlines("BTCUSDT-k.csv", [
        [START - MINUTE_MS, 1, 3, 1, 2, 10, START - 1, "20.5", 7, 4, "8.2", 0],
        [START, 2, 5, 2, 4, 11, START + MINUTE_MS - 1, "21.5", 8, 5, "9.2", 0],
        [START + 2 * MINUTE_MS, 4, 4, 4, 4, 12, START + 3 * MINUTE_MS - 1, "22.5", 9, 6, "9.9", 0],
      ])],
    });
    const market = marketOf(source);
    const at = (seconds: number) => minutesOf(klines(market, { now: START + seconds * 1000 }));
    expect(at(59.999)).toEqual([-1]);
    expect(at(60)).toEqual([-1, 0, 1]);
    expect(at(185)).toEqual([-1, 0, 1, 2, 3]);
    const rows = klines(market, { now: START + 185e3 });
    expect(rows[0]).toMatchObject({ close: "2.00000000", quoteVolume: "20.50000000", trades: 7 });
    expect(rows[3]).toMatchObject({ volume: "12.00000000", trades: 9 });
  });

  test("of five columns get the others from the trades, else neutral estimates", async () => {
    const source = await recordedMarket({
      trades: [writeTrades("BTCUSDT-t.csv", tradesAt(30, 61, 121))],
      klines: [writeKlines("BTCUSDT-k.csv", [
        [START, 10, 14, 9, 13, 8],
        [START + MINUTE_MS, 60001.5, 60001.5, 60001.5, 60001.5, 0.25],
      ])],
    });
    const [guessed, known] = klines(marketOf(source), { now: START + 121e3 });
    expect(guessed).toMatchObject({
      quoteVolume: "96.00000000",
      trades: 0,
      takerBuyVolume: "4.00000000",
      takerBuyQuoteVolume: "48.00000000",
    });
    expect(known).toMatchObject({ quoteVolume: "15000.37500000", trades: 1 });
  });

  test("are the first or the last of a range", async () => {
    const rows = Array.from({ length: 5 }, (_, i) => [START + i * MINUTE_MS, 1, 1, 1, 1, i]);
    const source = await recordedMarket({ klines: [writeKlines("BTCUSDT-k.csv", rows)] });
    const market = marketOf(source);
    expect(source.recording).toEqual({ from: START + 300_000, to: START + 300_000 });
    expect(minutesOf(klines(market, { limit: 2 }))).toEqual([0, 1]);
    expect(minutesOf(klines(market, { limit: 2, keep: "newest" }))).toEqual([3, 4]);
    const range = { from: START + 1, to: START + 3 * MINUTE_MS };
    expect(minutesOf(klines(market, range))).toEqual([1, 2, 3]);
  });
});

test("files that cannot be a recording are refused by name", async () => {
  await expect(recordedMarket({})).rejects.toThrow("at least one file");
  await expect(recordedMarket({ trades: ["/data/trades.csv"] })).rejects.toThrow(
    "must begin with its symbol, as in BTCUSDT-aggTrades-2025-01-31.zip: current value is trades.csv",
  );
  await expect(recordedMarket({ trades: ["/nowhere/BTCUSDT-x.csv"] })).rejects.toThrow(
    "Cannot read /nowhere/BTCUSDT-x.csv",
  );
  await expect(recordedMarket({ trades: [writeTrades("BTCUSDT-x.csv", [])] })).rejects.toThrow(
    "BTCUSDT-x.csv as it must hold trades: it has no rows",
  );
});
