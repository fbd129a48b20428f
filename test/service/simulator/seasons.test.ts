import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DAY_MS, MINUTE_MS } from "../../../data/schema/time.ts";
import { EPOCH_MINUTE, seasonAt, seasonOf } from "../../../service/simulator/simulated/seasons.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { trueMinutes } from "../../../service/simulator/simulated/truth.ts";
import type { Market } from "../../../service/simulator/source.ts";

function marketOf(symbol: string): Market {
  const market = simulatedMarket({ seed: 1, symbols: [symbol] }).market(symbol);
  if (market === undefined) throw new Error(`${symbol} does not trade`);
  return market;
}

const SEAMS = [1, 2, 40].map((index) => seasonAt(index).from * MINUTE_MS);

test("the first year, which the documents rest on, stays what it is", () => {
  const market = marketOf("BTCUSDT");
  const hash = createHash("sha256");
  for (const time of [Date.UTC(2025, 2, 3, 23, 55), Date.UTC(2025, 10, 30, 11, 30)]) {
    const [from, to] = [market.seek(time), market.seek(time + 10 * MINUTE_MS)];
    hash.update(JSON.stringify(market.trades(from, to)));
  }
  expect(hash.digest("hex")).toBe(
    "4f1262b7d401d3ad3f8b0e08d0f0a62832892b081b4e745cf298340c947dfa3f",
  );
});

test("every minute is of one season", () => {
  for (let index = 0; index < 100; index++) {
    const { from, to } = seasonAt(index);
    expect(to).toBe(seasonAt(index + 1).from);
    expect([seasonOf(from).index, seasonOf(to - 1).index]).toEqual([index, index]);
  }
  expect(seasonOf(EPOCH_MINUTE).index).toBe(0);
});

describe.each(["BTCUSDT", "QUIETCOINEUR"])("from one season of %s to the next", (symbol) => {
  const market = marketOf(symbol);

  test("ids jump, are counted without the jump, and are found behind it", () => {
    for (const seam of SEAMS) {
      const [from, to] = [market.seek(seam - 30 * MINUTE_MS), market.seek(seam + 30 * MINUTE_MS)];
      const trades = market.trades(from, to);
      expect(trades).toHaveLength(market.count(from, to));
      const ids = trades.map(({ id }) => id);
      const jumps = ids.flatMap((id, i) => i > 0 && id !== (ids[i - 1] ?? NaN) + 1 ? [i] : []);
      expect(jumps).toHaveLength(1);
      const [jump = 0] = jumps;
      expect(trades[jump]?.time).toBeGreaterThanOrEqual(seam);
      expect(trades[jump - 1]?.time).toBeLessThan(seam);
      expect(market.find((ids[jump - 1] ?? NaN) + 1)).toBe(ids[jump]);
      expect(trades.every((trade, i) => trade.time >= (trades[i - 1]?.time ?? 0))).toBe(true);
    }
  });

  test("the price goes on as from any minute to the next", () => {
    for (const seam of SEAMS) {
      const klines = market.klines({
        from: seam - DAY_MS,
        to: seam + DAY_MS,
        now: seam + 2 * DAY_MS,
        limit: 2881,
        keep: "oldest",
      });
      const steps = klines.slice(1).map(({ open }, i) =>
        Math.abs(Math.log(Number(open) / Number(klines[i]?.close)))
      );
      const moves = klines.map(({ open, close }) =>
        Math.abs(Math.log(Number(close) / Number(open)))
      );
      const seamStep = steps[klines.findIndex(({ openTime }) => openTime === seam) - 1] ?? NaN;
      expect(seamStep).toBeLessThanOrEqual(Math.max(...moves) + 1e-4);
    }
  });

  test("the truth restarts at the base price", () => {
    for (const seam of SEAMS) {
      const [last, first] = trueMinutes({
        ...{ seed: 1, symbol },
        from: seam - MINUTE_MS,
        to: seam + MINUTE_MS,
      });
      expect(first?.logPrice).toBeCloseTo(0, 12);
      expect(Math.abs((last?.logPrice ?? NaN) + (last?.logReturn ?? NaN))).toBeLessThan(0.02);
    }
  });
});
