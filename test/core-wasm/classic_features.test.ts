import fc from "fast-check";
import { expect, test } from "vitest";
import { computeFeatures, type CoreBar } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { flattenBars, randomBars } from "./support.ts";

function features(bars: readonly CoreBar[], rolling = 20, lengths = [bars.length]) {
  const { raw, normalized, dims } = computeFeatures(
    loadCore(),
    { preset: "classic", windows: { rolling } },
    flattenBars(bars),
    lengths,
  );
  const cut = (values: Float64Array) =>
    bars.map((_, t) => Array.from(values.subarray(t * dims, (t + 1) * dims)));
  return { raw: cut(raw), normalized: cut(normalized) };
}

/** z-score of the last value, by its formula. */
function zScore(window: readonly number[]): number {
  const last = window.at(-1) ?? NaN;
  if (window.length < 2) return last;
  if (window.every((x) => x === last)) return 0;
  const mean = window.reduce((a, b) => a + b) / window.length;
  const variance = window.reduce((a, x) => a + (x - mean) ** 2, 0) / window.length;
  return (last - mean) / Math.sqrt(variance);
}

const bar = (close: number, volume: number, open = 100): CoreBar => ({
  open,
  high: Math.max(open, close) + 1,
  low: Math.min(open, close) - 1,
  close,
  volume,
});

test("the first bar has momentum 0, and its raw features are not normalized", () => {
  const { raw, normalized } = features([bar(101, 7)]);
  expect(raw[0]).toEqual([0, 0.03, 1]);
  expect(normalized[0]).toEqual(raw[0]);
});

test("momentum is the logarithm of the closes' ratio", () => {
  const { raw } = features([bar(100, 1), bar(110, 1), bar(99, 1)]);
  expect(raw[1]?.[0]).toBeCloseTo(Math.log(1.1), 15);
  expect(raw[2]?.[0]).toBeCloseTo(Math.log(0.9), 15);
});

test("two different values are one deviation from their mean", () => {
  const { normalized } = features([bar(100, 1), bar(110, 1)]);
  expect(normalized[1]?.[0]).toBe(1);
});

test("activity is 1 until the window is full, then volume over its mean", () => {
  const { raw } = features([1, 2, 3, 6, 3].map((volume) => bar(100, volume)), 4);
  expect(raw.map((row) => row[2])).toEqual([1, 1, 1, 2, 3 / 3.5]);
});

test("a window without volume has activity 1", () => {
  const { raw, normalized } = features([0, 0, 0, 0, 0].map((volume) => bar(100, volume)), 4);
  expect(raw[4]?.[2]).toBe(1);
  expect(normalized[4]).toEqual([0, 0, 0]);
});

test("a constant window has z-score 0, regardless of rounding of its mean", () => {
  const flat = { open: 0.3, high: 0.4, low: 0.3, close: 0.3, volume: 0.1 };
  const { normalized } = features(Array.from({ length: 60 }, () => flat), 7);
  for (const row of normalized.slice(1)) expect(row).toEqual([0, 0, 0]);
});

test.each([2, 5, 20, 50, 300])("a window of %i agrees with the plain formulas", (window) => {
  const bars = randomBars(700, 1);
  const { raw, normalized } = features(bars, window);
  for (const [t, b] of bars.entries()) {
    const volumes = bars.slice(Math.max(0, t - window + 1), t + 1).map((other) => other.volume);
    const mean = volumes.reduce((x, y) => x + y, 0) / window;
    const before = bars[t - 1];
    const expected = [
      before ? Math.log(b.close / before.close) : 0,
      (b.high - b.low) / b.open,
      volumes.length < window || mean === 0 ? 1 : b.volume / mean,
    ];
    for (const [d, value] of expected.entries()) {
      expect(Math.abs((raw[t]?.[d] ?? NaN) - value)).toBeLessThan(1e-13);
      const column = raw.slice(Math.max(0, t - window + 1), t + 1).map((row) => row[d] ?? NaN);
      expect(Math.abs((normalized[t]?.[d] ?? NaN) - zScore(column))).toBeLessThan(1e-10);
    }
  }
});

test("no z-score exceeds the square root of the window minus one", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 30 }), (seed, window) => {
      const { normalized } = features(randomBars(100, seed), window);
      for (const row of normalized.slice(1)) {
        for (const z of row) expect(Math.abs(z)).toBeLessThan(Math.sqrt(window - 1) + 1e-9);
      }
    }),
    { numRuns: 30 },
  );
});

test("each sequence starts from an empty state", () => {
  const first = randomBars(50, 1);
  const second = randomBars(40, 2);
  const together = features([...first, ...second], 20, [50, 40]);
  expect(together.normalized.slice(50)).toEqual(features(second).normalized);
});
