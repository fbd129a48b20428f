import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "../../../data/schema/time.ts";
import { EPOCH_MINUTE } from "../../../service/simulator/simulated/epoch.ts";
import { simulatedInstrument } from "../../../service/simulator/simulated/instruments.ts";
import { MidnightPrices } from "../../../service/simulator/simulated/midnight_prices.ts";
import { RegimePaths } from "../../../service/simulator/simulated/regime_paths.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { Swings } from "../../../service/simulator/simulated/swings.ts";
import { TradeNumbers } from "../../../service/simulator/simulated/trade_numbers.ts";
import type { Market } from "../../../service/simulator/source.ts";

const SYMBOLS = ["BTCUSDT", "SHIBUSDT", "QUIETCOINEUR"];

function marketOf(symbol: string): Market {
  const market = simulatedMarket({ seed: 1, symbols: [symbol] }).market(symbol);
  if (market === undefined) throw new Error(`${symbol} does not trade`);
  return market;
}

/** The first, the first of a second cycle of trade numbers, one in a second year, one far ahead. */
const MIDNIGHTS = [1, 28, 364, 371, 3000].map((day) => EPOCH_MINUTE * MINUTE_MS + day * DAY_MS);

test("the market stays what it is: the documents rest on it", () => {
  const market = marketOf("BTCUSDT");
  const hash = createHash("sha256");
  for (const time of [Date.UTC(2025, 2, 3, 23, 55), Date.UTC(2025, 10, 30, 11, 30)]) {
    const [from, to] = [market.seek(time), market.seek(time + 10 * MINUTE_MS)];
    hash.update(JSON.stringify(market.trades(from, to)));
  }
  expect(hash.digest("hex")).toBe(
    "816084dfc519cdd5e2099521a8618b1eeec82262e6ca7839ed353e63be140505",
  );
});

describe.each(SYMBOLS)("from one day of %s to the next", (symbol) => {
  const market = marketOf(symbol);

  test("ids of trades go on without a hole, aggregate and raw, in order of time", () => {
    for (const midnight of MIDNIGHTS) {
      const from = market.seek(midnight - 30 * MINUTE_MS);
      const to = market.seek(midnight + 30 * MINUTE_MS);
      const trades = market.trades(from, to);
      expect(trades).toHaveLength(market.count(from, to));
      expect(trades.at(0)?.time).toBeLessThan(midnight);
      expect(trades.at(-1)?.time).toBeGreaterThanOrEqual(midnight);
      for (const [i, trade] of trades.slice(1).entries()) {
        const before = trades[i];
        expect(trade.id).toBe((before?.id ?? NaN) + 1);
        expect(trade.firstTradeId).toBe((before?.lastTradeId ?? NaN) + 1);
        expect(trade.time).toBeGreaterThanOrEqual(before?.time ?? NaN);
      }
    }
  });

  test("the price goes on as from any minute to the next", () => {
    for (const midnight of MIDNIGHTS) {
      const klines = market.klines({
        from: midnight - 6 * 60 * MINUTE_MS,
        to: midnight + 6 * 60 * MINUTE_MS,
        now: midnight + DAY_MS,
        limit: 721,
        keep: "oldest",
      });
      const steps = klines.slice(1).map(({ open }, i) =>
        Math.abs(Math.log(Number(open) / Number(klines[i]?.close)))
      );
      const moves = klines.map(({ open, close }) =>
        Math.abs(Math.log(Number(close) / Number(open)))
      );
      const tick = 10 ** -market.instrument.priceDecimals / Number(klines[0]?.close);
      const step = steps[klines.findIndex(({ openTime }) => openTime === midnight) - 1] ?? NaN;
      expect(step).toBeLessThanOrEqual(Math.max(...moves) + tick);
    }
  });
});

test("a day far ahead is asked for without those before it", () => {
  const market = marketOf("BTCUSDT");
  const started = performance.now();
  market.seek(Date.UTC(2075, 0, 1, 12));
  expect(performance.now() - started).toBeLessThan(1000);
});

test.each(SYMBOLS)("over decades the price of %s stays within its reach", (symbol) => {
  const instrument = simulatedInstrument(symbol);
  const prices = new MidnightPrices(instrument, 1, new Swings(symbol, 1));
  const logs = Array.from({ length: 500 }, (_, month) => prices.at(30 * month));
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const deviation = Math.sqrt(logs.reduce((sum, x) => sum + x * x, 0) / logs.length);
  // The deviation of a month that an autoregression of half-life a month comes to.
  expect(deviation).toBeGreaterThan(100 * instrument.volatility);
  expect(deviation).toBeLessThan(600 * instrument.volatility);
  expect(Math.abs(mean)).toBeLessThan(4 * deviation * Math.sqrt(2.9 / logs.length));
  expect(Math.max(...logs.map(Math.abs))).toBeLessThan(5 * deviation);
});

test("four weeks have the average number of trades, and each trade has its day", () => {
  const instrument = simulatedInstrument("BTCUSDT");
  const numbers = new TradeNumbers(
    instrument,
    new Swings("BTCUSDT", 1),
    new RegimePaths("BTCUSDT", 1),
  );
  expect(numbers.at(56) - numbers.at(28)).toBe(28 * 1440 * instrument.tradesPerMinute);
  for (let day = 0; day < 60; day++) {
    const [first, next] = [numbers.at(day), numbers.at(day + 1)];
    expect(next - first).toBeGreaterThan(0.15 * 1440 * instrument.tradesPerMinute);
    expect(next - first).toBeLessThan(4 * 1440 * instrument.tradesPerMinute);
    expect([numbers.dayOf(first), numbers.dayOf(next - 1)]).toEqual([day, day]);
  }
});
