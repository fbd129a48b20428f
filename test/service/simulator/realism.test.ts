import { expect, test } from "vitest";
import type { Kline } from "../../../data/schema/kline.ts";
import { simulatedMarket } from "../../../service/simulator/simulated/source.ts";
import { realFile } from "./history_files.ts";
import { loadKlines } from "../../support/history.ts";

const FILE = realFile("klines/BTCUSDT-spot-1m-ohlcv-20250301-20250401.csv.gz");

/** A month. */
const MINUTES = 44_639;

interface Columns {
  readonly open: number[];
  readonly high: number[];
  readonly low: number[];
  readonly close: number[];
  readonly volume: number[];
}

function columns(klines: readonly Pick<Kline, keyof Columns>[]): Columns {
  return {
    open: klines.map((kline) => kline.open),
    high: klines.map((kline) => kline.high),
    low: klines.map((kline) => kline.low),
    close: klines.map((kline) => kline.close),
    volume: klines.map((kline) => kline.volume),
  };
}

function quantiles(values: number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0.25, 0.5, 0.75, 0.95].map((p) => sorted[Math.floor(p * sorted.length)] ?? NaN);
}

function absoluteReturns({ close }: Columns): number[] {
  return close.slice(1).map((price, i) => Math.abs(Math.log(price / (close[i] ?? NaN))));
}

function ranges({ open, high, low }: Columns): number[] {
  return open.map((price, i) => ((high[i] ?? NaN) - (low[i] ?? NaN)) / price);
}

function autocorrelation(values: number[], lag: number): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const centred = values.map((x) => x - mean);
  const variance = centred.reduce((sum, x) => sum + x * x, 0);
  return centred.slice(lag).reduce((sum, x, i) => sum + x * (centred[i] ?? NaN), 0) / variance;
}

test.skipIf(FILE === undefined)(
  "the simulated market looks like BTCUSDT in March 2025",
  async () => {
    const rows = (await loadKlines(FILE ?? "")).slice(0, MINUTES);
    const real = columns(rows);
    const from = Date.UTC(2025, 2, 1);
    const to = from + MINUTES * 60_000;
    const market = simulatedMarket({ seed: 1, symbols: ["BTCUSDT"] }).market("BTCUSDT");
    const klines = market?.klines({ from, to: to - 1, now: to, limit: MINUTES, keep: "oldest" }) ??
      [];
    const simulated = columns(klines.map((kline) => ({
      open: Number(kline.open),
      high: Number(kline.high),
      low: Number(kline.low),
      close: Number(kline.close),
      volume: Number(kline.volume),
    })));
    for (const measure of [absoluteReturns, ranges, ({ volume }: Columns) => volume]) {
      const expected = quantiles(measure(real));
      for (const [i, quantile] of quantiles(measure(simulated)).entries()) {
        // The busiest minutes trade less than those of a stormy month.
        expect(quantile / (expected[i] ?? NaN)).toBeGreaterThan(0.6);
        expect(quantile / (expected[i] ?? NaN)).toBeLessThan(1.4);
      }
    }
    for (const lag of [1, 15, 60, 240]) {
      const difference = autocorrelation(absoluteReturns(simulated), lag) -
        autocorrelation(absoluteReturns(real), lag);
      expect(Math.abs(difference)).toBeLessThan(0.2);
      expect(autocorrelation(absoluteReturns(simulated), lag)).toBeGreaterThan(0.05);
    }
  },
);
