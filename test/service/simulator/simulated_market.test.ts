import { describe, expect, test } from "vitest";
import { klineRow } from "../../../service/simulator/rest/klines.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import type { ExchangeKline, ExchangeTrade, Market } from "../../../service/simulator/source.ts";
import { exactRow } from "./exact_fold.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

/** Early in the market's life, so that a test need not work years out; across a day's end. */
const START = Date.UTC(2025, 0, 3, 22);
const END = START + 4 * 60 * MINUTE_MS;

function marketOf(symbol: string, seed = 1): Market {
  const market = simulatedMarket({ seed, symbols: [symbol] }).market(symbol);
  if (market === undefined) throw new Error(`${symbol} does not trade`);
  return market;
}

function tradesOf(market: Market, from: number, to: number): ExchangeTrade[] {
  return market.trades(market.seek(from), market.seek(to));
}

function klinesOf(market: Market, from: number, to: number): ExchangeKline[] {
  return market.klines({ from, to: to - 1, now: to, limit: 1000, keep: "oldest" });
}

describe.each(["BTCUSDT", "PEPEUSDT", "QUIETCOINEUR"])("the simulated %s", (symbol) => {
  const market = marketOf(symbol);
  const trades = tradesOf(market, START, END);

  test("has klines that equal its trades folded, in all twelve columns", () => {
    const byMinute = Map.groupBy(
      trades,
      ({ time }) => Math.floor(time / MINUTE_MS) * MINUTE_MS,
    );
    const klines = klinesOf(market, START, END);
    expect(klines).toHaveLength(240);
    for (const kline of klines) {
      const minute = byMinute.get(kline.openTime);
      if (minute) expect(klineRow(kline)).toEqual(exactRow(kline.openTime, minute));
      else expect([kline.volume, kline.trades]).toEqual(["0.00000000", 0]);
    }
  });

  test("numbers aggregate and raw trades without a gap, in order of time", () => {
    const broken = trades.filter((trade, i) => {
      const previous = trades[i - 1];
      return !(Number(trade.price) > 0 && Number(trade.quantity) > 0) ||
        trade.lastTradeId < trade.firstTradeId ||
        previous && (trade.id !== previous.id + 1 || trade.time < previous.time ||
            trade.firstTradeId !== previous.lastTradeId + 1);
    });
    expect(broken).toEqual([]);
    expect(trades.at(0)?.time).toBeGreaterThanOrEqual(START);
    expect(trades.at(-1)?.time).toBeLessThan(END);
  });

  test("is the same at random access, in another run and in any order of requests", () => {
    const again = marketOf(symbol);
    const middle = trades[Math.floor(trades.length / 2)];
    expect(middle && again.trades(again.find(middle.id), middle.id + 1)).toEqual([middle]);
    expect(klinesOf(again, START, END)).toEqual(klinesOf(market, START, END));
    expect(tradesOf(again, START, END)).toEqual(trades);
  });

  test("differs with another seed", () => {
    expect(tradesOf(marketOf(symbol, 2), START, END)).not.toEqual(trades);
  });
});

test("a minute without trades has a kline at the price before it", () => {
  const market = marketOf("QUIETCOINEUR");
  const week = Array.from({ length: 7 }, (_, day) => {
    const from = START + day * 1440 * MINUTE_MS;
    return klinesOf(market, from, from + 720 * MINUTE_MS);
  });
  const empty = week.flat().filter((kline) => kline.trades === 0);
  expect(empty.length).toBeGreaterThan(0);
  for (const kline of empty) {
    const [before] = market.klines({
      from: 0,
      to: kline.openTime - 1,
      now: END + 1e9,
      limit: 1,
      keep: "newest",
    });
    const { open, high, low, close } = kline;
    expect([open, high, low, close]).toEqual(Array(4).fill(before?.close));
  }
});

test("the forming kline holds the trades so far", () => {
  const market = marketOf("BTCUSDT");
  const now = START + 20_000;
  const [kline] = market.klines({ from: 0, to: now, now, limit: 1, keep: "newest" });
  expect(kline && klineRow(kline)).toEqual(exactRow(START, tradesOf(market, START, now + 1)));
});

test("there is nothing before 2025", () => {
  const market = marketOf("BTCUSDT");
  const epoch = Date.UTC(2025, 0, 1);
  expect(market.seek(epoch - 1)).toBe(0);
  const [first] = market.klines({ from: 0, to: END, now: END, limit: 1, keep: "oldest" });
  expect(first?.openTime).toBe(epoch);
  expect(market.klines({ from: 0, to: 9, now: END, limit: 9, keep: "newest" })).toEqual([]);
});

test("a market of three times the activity has about three times the trades", () => {
  const trades = (activity: number) => {
    const market = simulatedMarket({ seed: 1, symbols: ["BTCUSDT"], activity }).market("BTCUSDT");
    return market === undefined ? NaN : market.seek(END) - market.seek(START);
  };
  expect(trades(3) / trades(1)).toBeGreaterThan(2.5);
  expect(trades(3) / trades(1)).toBeLessThan(3.5);
});

test("a malformed symbol or seed is refused", () => {
  expect(() => simulatedMarket({ seed: 1, symbols: ["btc"] })).toThrow(
    `symbol must be a market's name such as BTCUSDT: current value is "btc"`,
  );
  expect(() => simulatedMarket({ seed: 0.5, symbols: [] })).toThrow(
    "seed must be a whole number from 0 to 4294967295: current value is 0.5",
  );
});
