import { expect, test } from "vitest";
import { hysteresisPath } from "../../../../models/evaluation/hysteresis.ts";
import { RangeThreshold } from "../../../../service/serve/live_scores/range_threshold.ts";
import { randomBars } from "../../../core-wasm/support.ts";
import { makeRules } from "./support.ts";

test("it is at the level of the evaluation's path, from the first bar of each sequence on", () => {
  const { baseline } = makeRules();
  const bars = randomBars(2000, 3).map((bar, i) => {
    const size = 0.15 * Math.exp(2 * Math.sin(i / 50));
    return { open: 100, high: 100 + size * bar.volume / 10, low: 100 };
  });
  const lengths = [700, 1300];
  const smoothed = new Float64Array(bars.length);
  for (const [i, { open, high, low }] of bars.entries()) {
    const range = Math.log((high - low) / open + 1e-5);
    const before = smoothed[i - 1] ?? NaN;
    smoothed[i] = i === 0 || i === 700 ? range : before + (1 - 2 ** -0.1) * (range - before);
  }
  const path = hysteresisPath(smoothed, lengths, { enter: baseline.up, leave: baseline.down });
  const threshold = new RangeThreshold(baseline);
  const said = bars.map((bar, i) => {
    if (i === 700) threshold.reset();
    const said = threshold.push(bar);
    return baseline.table.findIndex((row) => row === said);
  });
  expect(new Set(said).size).toBe(3);
  expect(said).toEqual([...path]);
});
