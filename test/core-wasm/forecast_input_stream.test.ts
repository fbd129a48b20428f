import { expect, test } from "vitest";
import { computeForecastInputs, ForecastInputStream } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { randomBars } from "./support.ts";

const START = Date.UTC(2024, 4, 1);
const MINUTE_MS = 60_000;

/** Bars with a hole of some minutes, and one that begins a new sequence. */
function makeBars(seed: number) {
  return randomBars(1000, seed).map((bar, i) => {
    const minute = i + (i < 300 ? 0 : 7) + (i < 700 ? 0 : 1441);
    return { ...bar, time: START + minute * MINUTE_MS };
  });
}

test("bar by bar the inputs are those of a whole history, bit for bit, for markets in turn", () => {
  const markets = [makeBars(1), makeBars(2)];
  const wholes = markets.map((bars) =>
    computeForecastInputs(loadCore(), {
      times: Float64Array.from(bars, ({ time }) => time),
      open: Float64Array.from(bars, ({ open }) => open),
      close: Float64Array.from(bars, ({ close }) => close),
      volume: Float64Array.from(bars, ({ volume }) => volume),
    })
  );
  const stream = new ForecastInputStream(loadCore());
  const numbers = markets.map(() => stream.add());
  for (let i = 0; i < 1000; i++) {
    for (const [k, bars] of markets.entries()) {
      const bar = bars[i];
      if (bar === undefined) throw new RangeError("no bar");
      const { inputs, have } = stream.push(numbers[k] ?? NaN, bar.time, bar);
      expect([...inputs]).toEqual([...wholes[k]?.inputs.subarray(i * 15, i * 15 + 15) ?? []]);
      expect(have).toBe(wholes[k]?.have[i]);
    }
  }
});

test("a bar that is not later than the last one, or of no market, is refused", () => {
  const stream = new ForecastInputStream(loadCore());
  const [bar] = makeBars(1);
  if (bar === undefined) throw new RangeError("no bar");
  const market = stream.add();
  stream.push(market, START, bar);
  expect(() => stream.push(market, START + 59_999, bar)).toThrow(/must be later than \d+/);
  expect(() => stream.push(market + 1, START, bar)).toThrow(RangeError);
});
