import { describe, expect, test } from "vitest";
import { BarBuilder } from "../../../../../service/ingest/bars/bar_builder.ts";
import { minuteOf } from "../../../../../data/schema/time.ts";
import { KyleLambda } from "../../../../../service/ingest/bars/microstructure/kyle_lambda.ts";
import { withVpin } from "../../../../../service/ingest/bars/microstructure/microstructure.ts";
import type { Microstructure } from "../../../../../data/schema/bar.ts";
import { RealizedVariance } from "../../../../../service/ingest/bars/microstructure/realized_variance.ts";
import { RollSpread } from "../../../../../service/ingest/bars/microstructure/roll_spread.ts";
import type { Trade } from "../../../../../data/schema/trade.ts";
import { loadTrades } from "../../../../support/history.ts";
import { makeBar } from "../../../../support/records.ts";
import { realDataTest, sharedData } from "../../../../support/shared_data.ts";
import { measureDirectly } from "./direct.ts";

function fold<Fold extends { add(price: number): void }>(
  into: Fold,
  prices: readonly number[],
): Fold {
  for (const price of prices) into.add(price);
  return into;
}

function measure(trades: readonly Trade[], timestamp: number): Microstructure {
  const builder = new BarBuilder("X", "replay", timestamp);
  for (const trade of trades) builder.add(trade);
  const { microstructure } = builder.build("trades");
  if (microstructure === undefined) throw new Error("a bar of trades has no microstructure");
  return microstructure;
}

describe("RealizedVariance", () => {
  test("equal steps of the log price: n r^2, and pi/2 (n - 1) r^2 of it without jumps", () => {
    const steps = fold(new RealizedVariance(), [1, Math.E, Math.E ** 2, Math.E ** 3]);
    expect(steps.variance).toBeCloseTo(3, 12);
    expect(steps.bipower).toBeCloseTo(Math.PI, 12);
    expect(steps.jumpShare).toBe(0);
  });

  test("one large step among small ones is a jump", () => {
    const quiet = [100, 100.01, 100, 100.01];
    const jump = fold(new RealizedVariance(), [...quiet, 110, 110.01, 110, 110.01]);
    expect(jump.jumpShare).toBeGreaterThan(0.99);
  });

  test("trades without a price change have no effect", () => {
    const one = fold(new RealizedVariance(), [100, 101, 100.5]);
    const many = fold(new RealizedVariance(), [100, 100, 101, 101, 101, 100.5, 100.5]);
    expect([many.variance, many.bipower]).toEqual([one.variance, one.bipower]);
  });

  test("is undefined with one trade; without a move the variance is 0 and the jump share undefined", () => {
    expect(fold(new RealizedVariance(), [100]).variance).toBeNull();
    const still = fold(new RealizedVariance(), [100, 100, 100]);
    expect([still.variance, still.bipower, still.jumpShare]).toEqual([0, null, null]);
  });
});

describe("RollSpread", () => {
  test("a price that only bounces between bid and ask gives twice its spread", () => {
    // Alternating changes of +s and -s have covariance -s^2; random sides would have -s^2 / 4.
    const bounce = Array.from({ length: 4001 }, (_, i) => i % 2 === 0 ? 100 : 100.01);
    expect(fold(new RollSpread(), bounce).value).toBeCloseTo(0.02, 8);
  });

  test("random sides of the book give the spread", () => {
    let state = 1;
    const sides = Array.from({ length: 200_000 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state < 2 ** 31 ? 100 : 100.01;
    });
    expect(fold(new RollSpread(), sides).value).toBeCloseTo(0.01, 4);
  });

  test("is undefined for a trend, for a constant price and for few trades", () => {
    expect(fold(new RollSpread(), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7]).value).toBeNull();
    expect(fold(new RollSpread(), [5, 5, 5, 5]).value).toBeNull();
    expect(fold(new RollSpread(), [5, 6, 5]).value).toBeNull();
    expect(fold(new RollSpread(), [5, 6, 5, 6]).value).not.toBeNull();
  });
});

describe("KyleLambda", () => {
  test("finds the slope of the seconds, independent of the trades within them", () => {
    const lambda = new KyleLambda();
    let price = 100;
    for (const [second, flow] of [5, -3, 8, 1, -6].entries()) {
      price += 0.25 * flow;
      lambda.add(123, flow + 2, second * 1000);
      lambda.add(price, -2, second * 1000 + 500);
    }
    expect(lambda.value).toBeCloseTo(0.25, 12);
  });

  test("is undefined with fewer than three changes, and for a constant flow", () => {
    const few = new KyleLambda();
    const same = new KyleLambda();
    for (let second = 0; second < 3; second++) few.add(100 + second, second, second * 1000);
    for (let second = 0; second < 9; second++) same.add(100 + second, 1, second * 1000);
    expect([few.value, same.value]).toEqual([null, null]);
  });
});

test("VPIN is added to a bar with a microstructure, and to no other", () => {
  const bar = makeBar(0);
  expect(withVpin(bar, 0.3)).toBe(bar);
  const builder = new BarBuilder("X", "replay", bar.timestamp);
  builder.add({
    ...{ symbol: "X", id: 1, price: 1, quantity: 1, firstTradeId: 1, lastTradeId: 1 },
    ...{ time: bar.timestamp, buyerIsMaker: false },
  });
  expect(withVpin(builder.build("trades"), 0.3).microstructure?.vpin).toBe(0.3);
});

for (
  const file of [
    "trades/BTCUSDT-usdm-trades-2020-02-22.csv.gz",
    "trades/PEPEUSDT-spot-aggTrades-2024-10-27.csv.gz",
  ]
) {
  realDataTest(`every minute of ${file} equals the definitions`, [file], async () => {
    const minutes = new Map<number, Trade[]>();
    for (const row of await loadTrades(sharedData(file))) {
      const minute = minuteOf(row.time);
      const trades = minutes.get(minute) ?? [];
      trades.push({ symbol: "X", ...row });
      minutes.set(minute, trades);
    }
    let spreads = 0;
    for (const [minute, trades] of minutes) {
      const { roll_spread, vpin, ...found } = measure(trades, minute);
      const { roll_covariance, ...direct } = measureDirectly(trades);
      expect(vpin).toBeNull();
      for (const [name, value] of Object.entries(direct)) {
        const other = Reflect.get(found, name);
        if (value === null) expect(other, `${name} at ${minute}`).toBeNull();
        else expect(Math.abs(other - value)).toBeLessThanOrEqual(1e-9 * Math.abs(value) + 1e-13);
      }
      if (roll_spread === null) {
        expect(roll_covariance ?? 0).toBeGreaterThan(-1e-20);
      } else {
        spreads++;
        expect((roll_spread / 2) ** 2 / -(roll_covariance ?? NaN)).toBeCloseTo(1, 6);
      }
    }
    expect(spreads).toBeGreaterThan(500);
  });
}
