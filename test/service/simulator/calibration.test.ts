import { describe, expect, test } from "vitest";
import { type MarketFigures, measureMarket, rangesOf } from "../../bench/market_figures.ts";
import { measureFile, measureSimulated } from "../../bench/measured_bars.ts";
import { REAL_BLOCKS } from "../../support/real_blocks.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";

/** The figures of the 12 blocks of real bars: lowest, median, highest. */
const REAL: Readonly<Record<string, readonly [number, number, number]>> = {
  "acf of |r|, 1 min": [0.299, 0.39, 0.466],
  "acf of |r|, 15 min": [0.194, 0.252, 0.312],
  "acf of |r|, 60 min": [0.135, 0.176, 0.246],
  "acf of |r|, 240 min": [0.036, 0.112, 0.171],
  "acf of |r|, 1440 min": [0.052, 0.091, 0.177],
  "deviation of log hourly RV": [0.461, 0.557, 0.751],
  "acf of log hourly RV, 1 h": [0.634, 0.755, 0.855],
  "acf of log hourly RV, 4 h": [0.317, 0.531, 0.649],
  "acf of log hourly RV, 24 h": [0.307, 0.357, 0.61],
  "acf of log hourly RV, 48 h": [0.094, 0.179, 0.562],
  "acf of log hourly RV, 168 h": [0.133, 0.365, 0.617],
  "kurtosis of r": [9.308, 38.994, 259.167],
  "kurtosis of r over its EWMA": [6.112, 31.667, 415.682],
};

/** Days of the median block and of the longest. */
const [USUAL_DAYS, MOST_DAYS] = [35, 90];

function expectWithinReal(figures: MarketFigures): void {
  const outside = Object.entries(figures).filter(([name, value]) => {
    const [low = NaN, , high = NaN] = REAL[name] ?? [];
    return !(value >= low && value <= high);
  });
  expect(outside).toEqual([]);
}

realDataTest(
  "the real blocks have the figures that the simulated market is held to",
  REAL_BLOCKS,
  async () => {
    const blocks: MarketFigures[] = [];
    for (const block of REAL_BLOCKS) blocks.push(await measureFile(sharedData(block)));
    const found = [...rangesOf(blocks)].map(([name, { low, median, high }]) => [
      name,
      [low, median, high].map((value) => Number(value.toFixed(3))),
    ]);
    expect(Object.fromEntries(found)).toEqual(REAL);
  },
  60_000,
);

describe.each(["BTCUSDT", "ETHUSDT", "SOLUSDT", "DOGEUSDT"])(
  "every figure of the simulated %s",
  (symbol) => {
    test.each([1, 2, 3])("lies within the real blocks' range, seed %i", (seed) => {
      const from = Date.UTC(2025, seed, 1);
      expectWithinReal(measureSimulated(symbol, seed, from, USUAL_DAYS));
    }, 60_000);
  },
);

test("so do those of the longest block's days, and of a year to come", () => {
  expectWithinReal(measureSimulated("BTCUSDT", 1, Date.UTC(2025, 4, 20), MOST_DAYS));
  expectWithinReal(measureSimulated("BTCUSDT", 1, Date.UTC(2030, 0, 1), USUAL_DAYS));
}, 120_000);

test("a market of independent normal returns has no memory and no tails", () => {
  let state = 1;
  const uniform = () => (state = state * 48271 % 2147483647) / 2147483647;
  let log = 0;
  const close = Float64Array.from({ length: 60_000 }, () => {
    log += 1e-3 * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.exp(log);
  });
  const figures = measureMarket({ start: Date.UTC(2025, 0, 1), close });
  for (const [name, value] of Object.entries(figures)) {
    if (name.startsWith("acf")) expect(Math.abs(value)).toBeLessThan(0.15);
  }
  expect(Math.abs(figures["kurtosis of r"] - 3)).toBeLessThan(0.1);
  // A t distribution's, as the average itself is uncertain.
  expect(figures["kurtosis of r over its EWMA"]).toBeLessThan(3.6);
  expect(figures["deviation of log hourly RV"]).toBeLessThan(0.12);
});
