import { describe, expect, test } from "vitest";
import { BarBuilder } from "../../../../service/ingest/bars/bar_builder.ts";
import { minuteOf } from "../../../../data/schema/time.ts";
import { barSchema } from "../../../../data/schema/bar.ts";
import type { Trade } from "../../../../data/schema/trade.ts";
import { exactRow } from "../../simulator/exact_fold.ts";
import { loadTrades } from "../../../support/history.ts";
import { realDataTest, sharedData } from "../../../support/shared_data.ts";

const MINUTE = Date.UTC(2024, 4, 1);

function trade(id: number, price: number, quantity: number, more: Partial<Trade> = {}): Trade {
  return {
    ...{ symbol: "BTCUSDT", id, price, quantity, firstTradeId: id, lastTradeId: id },
    ...{ time: MINUTE + id, buyerIsMaker: false, ...more },
  };
}

describe("BarBuilder", () => {
  test("folds trades into every column of a kline", () => {
    const builder = new BarBuilder("BTCUSDT", "binance", MINUTE);
    builder.add(trade(1, 100.1, 0.1, { firstTradeId: 7, lastTradeId: 9 }));
    builder.add(trade(2, 100.3, 0.2, { buyerIsMaker: true, firstTradeId: 10, lastTradeId: 10 }));
    builder.add(trade(3, 100.2, 0.3, { firstTradeId: 11, lastTradeId: 12 }));
    const { microstructure, ...bar } = builder.build("trades");
    expect(bar).toEqual({
      ...{ symbol: "BTCUSDT", timestamp: MINUTE, close_time: MINUTE + 59_999 },
      ...{ open: 100.1, high: 100.3, low: 100.1, close: 100.2, volume: 0.6, quote_volume: 60.13 },
      ...{ num_trades: 6, taker_buy_volume: 0.4, taker_sell_volume: 0.2 },
      ...{ taker_buy_quote_volume: 40.07, first_trade_id: 7, last_trade_id: 12 },
      ...{ quality: "trades", source: "binance" },
    });
    expect(microstructure?.vwap).toBe(60.13 / 0.6);
  });

  test("a bar has a microstructure only if every trade is known", () => {
    const builder = new BarBuilder("BTCUSDT", "binance", MINUTE);
    builder.add(trade(1, 100, 1));
    expect(builder.build("repaired")).toHaveProperty("microstructure");
    expect(builder.build("incomplete")).not.toHaveProperty("microstructure");
  });

  test("building a bar early changes nothing", () => {
    const watched = new BarBuilder("BTCUSDT", "binance", MINUTE);
    const alone = new BarBuilder("BTCUSDT", "binance", MINUTE);
    for (let id = 1; id < 300; id++) {
      const next = trade(id, 100 + (id * id % 17) / 100, 0.01 * (id % 5 + 1), {
        time: MINUTE + id * 150,
        buyerIsMaker: id % 3 === 0,
      });
      watched.add(next);
      alone.add(next);
      watched.build("trades");
    }
    expect(watched.build("trades")).toEqual(alone.build("trades"));
  });

  test("a bar survives JSON unchanged", () => {
    const builder = new BarBuilder("BTCUSDT", "binance", MINUTE);
    for (let id = 1; id < 50; id++) builder.add(trade(id, 100 + (id % 7) / 100, 1 / id));
    const bar = builder.build("trades");
    expect(barSchema.parse(JSON.parse(JSON.stringify(bar)))).toEqual(bar);
  });

  test("a bar without trades cannot be built", () => {
    expect(() => new BarBuilder("BTCUSDT", "binance", MINUTE).build("trades")).toThrow(RangeError);
  });
});

for (
  const file of [
    "trades/BTCUSDT-usdm-trades-2020-02-22.csv.gz",
    "trades/PEPEUSDT-spot-aggTrades-2024-10-27.csv.gz",
    "trades/BTCUSDT-spot-trades-20240808T235415-20240809T000505.csv.gz",
  ]
) {
  realDataTest(
    `every bar of ${file} equals sums of big integers in all columns`,
    [file],
    async () => {
      const minutes = new Map<number, Trade[]>();
      for (const row of await loadTrades(sharedData(file))) {
        const minute = minuteOf(row.time);
        const trades = minutes.get(minute) ?? [];
        trades.push({ symbol: "X", ...row });
        minutes.set(minute, trades);
      }
      expect(minutes.size).toBeGreaterThan(9);
      for (const [minute, trades] of minutes) {
        const builder = new BarBuilder("X", "replay", minute);
        for (const next of trades) builder.add(next);
        const bar = builder.build("trades");
        const exact = exactRow(
          minute,
          trades.map((next) => ({
            ...next,
            price: next.price.toFixed(8),
            quantity: next.quantity.toFixed(8),
          })),
        );
        expect([
          ...[bar.timestamp, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.close_time],
          ...[
            bar.quote_volume,
            bar.num_trades,
            bar.taker_buy_volume,
            bar.taker_buy_quote_volume,
            0,
          ],
        ]).toEqual(exact.map(Number));
      }
    },
  );
}
