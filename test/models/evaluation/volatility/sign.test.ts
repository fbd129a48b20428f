import { expect, test } from "vitest";
import { fitSign, scoreSign } from "../../../../models/evaluation/volatility/sign.ts";
import { prepareHistory } from "../../../../models/training/volatility/history.ts";

/** Closes that follow a path. */
function history(path: (t: number) => number) {
  const bars = new Float64Array(5 * 6000);
  for (let t = 0; t < 6000; t++) {
    const [open, close] = [path(Math.max(t - 1, 0)), path(t)];
    bars.set([open, Math.max(open, close), Math.min(open, close), close, 1], 5 * t);
  }
  return prepareHistory([{ symbol: "A", runs: [{ start: Date.UTC(2024, 0), bars }] }]);
}

const ROWS = Int32Array.from({ length: 4000 }, (_, i) => 1500 + i);

test("a trend that goes on is forecast, and its return is counted", () => {
  // Up for two hours, down for two: a quarter of an hour after a move it mostly goes on.
  const trend = history((t) => 100 * Math.exp(1e-4 * Math.abs((t % 240) - 120)));
  const { hits, gains } = scoreSign(trend, ROWS, fitSign(trend, ROWS));
  const mean = (values: Float64Array) => values.reduce((sum, x) => sum + x, 0) / values.length;
  expect(mean(hits.filter((hit) => !Number.isNaN(hit)))).toBeGreaterThan(0.85);
  // 15 minutes of 1 bp, less the turns.
  expect(mean(gains)).toBeGreaterThan(10);
  expect(mean(gains)).toBeLessThan(15);
});

test("a price that does not move is neither right nor wrong", () => {
  const flat = history(() => 100);
  const { hits, gains } = scoreSign(flat, ROWS, new Float64Array(6).fill(1));
  expect(hits.every((hit) => Number.isNaN(hit))).toBe(true);
  expect(gains.every((gain) => gain === 0)).toBe(true);
});
