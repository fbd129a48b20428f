import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPANS } from "../../../service/dashboard/data/span.ts";
import { candleAt, candleMinutes, toCandles } from "../../../service/dashboard/data/candles.ts";
import { makeSignal } from "../../support/records.ts";

const minute = (index: number, open: number, high: number, low: number, close: number) => ({
  ...makeSignal(index),
  ...{ open, high, low, close, volume: 2 },
});

describe("candles", () => {
  it("take the first open, the extremes, the last close and the sum of their minutes", () => {
    const signals = [
      minute(0, 10, 12, 9, 11),
      minute(1, 11, 15, 11, 14),
      { ...minute(2, 14, 14, 7, 8), is_anomaly: true },
    ];
    const { closed, forming } = toCandles(signals, null, 3);
    expect(forming).toBeNull();
    expect(closed).toEqual([{
      from: makeSignal(0).timestamp,
      to: makeSignal(3).timestamp,
      ...{ open: 10, high: 15, low: 7, close: 8, volume: 6, anomalous: true },
    }]);
  });

  it("are aligned to multiples of their length, not to the first signal", () => {
    const { closed } = toCandles([4, 5, 6, 7, 8, 9].map((index) => makeSignal(index)), null, 5);
    expect(closed.map(({ from }) => from)).toEqual([
      makeSignal(0).timestamp,
      makeSignal(5).timestamp,
    ]);
  });

  it("are forming until their last minute is final", () => {
    const signals = [0, 1, 2, 3, 4, 5].map((index) => makeSignal(index));
    const { closed, forming } = toCandles(signals, null, 5);
    expect(closed).toHaveLength(1);
    expect(forming?.from).toBe(makeSignal(5).timestamp);
  });

  it("include the nowcast in the forming candle only", () => {
    const nowcast = { ...minute(2, 14, 20, 13, 19), final: false };
    const { closed, forming } = toCandles([makeSignal(0), makeSignal(1)], nowcast, 1);
    expect(closed).toHaveLength(2);
    expect(forming).toMatchObject({ open: 14, high: 20, low: 13, close: 19 });
  });

  it("leave missing minutes empty", () => {
    const { closed } = toCandles([makeSignal(0), makeSignal(7)], null, 1);
    expect(closed).toHaveLength(2);
  });
});

describe("the candle of a minute", () => {
  const minutes = fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { minLength: 1 })
    .map((indices) => indices.sort((a, b) => a - b));
  const price = fc.double({ min: 1, max: 100, noNaN: true });

  it.each(SPANS)("in %i minutes is what all its minutes make, at any width", (span) => {
    fc.assert(
      fc.property(
        minutes,
        fc.array(fc.tuple(price, price, price, price), { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 100, max: 1600 }),
        fc.integer({ min: 0, max: 1440 }),
        fc.boolean(),
        (indices, prices, width, selected, forming) => {
          const signals = indices.map((index) => {
            const [open, close, a, b] = prices[index % prices.length] ?? [1, 1, 1, 1];
            return minute(index, open, Math.max(open, close, a, b), Math.min(open, close), close);
          });
          const nowcast = forming ? { ...signals.at(-1) ?? makeSignal(0), final: false } : null;
          const final = forming ? signals.slice(0, -1) : signals;
          const length = candleMinutes(span, width);
          const { timestamp } = makeSignal(selected);
          const candle = candleAt(toCandles(final, nowcast, length), timestamp);

          const from = selected - selected % length;
          const own = signals.filter((_, at) => {
            const index = indices[at] ?? -1;
            return index >= from && index < from + length;
          });
          expect(candle?.open).toBe(own[0]?.open);
          expect(candle?.close).toBe(own.at(-1)?.close);
          if (candle === undefined) return;
          expect(candle).toMatchObject({
            from: makeSignal(from).timestamp,
            to: makeSignal(from + length).timestamp,
            high: Math.max(...own.map(({ high }) => high)),
            low: Math.min(...own.map(({ low }) => low)),
            volume: own.reduce((sum, { volume }) => sum + volume, 0),
          });
        },
      ),
    );
  });
});

describe("the candle length", () => {
  it.each([
    ["an hour on a phone", 60, 300, 1],
    ["three hours on a phone", 180, 300, 3],
    ["three hours on a desktop", 180, 900, 1],
    ["twelve hours on a desktop", 720, 900, 5],
    ["a day on a desktop", 1440, 900, 15],
    ["a day in ten pixels", 1440, 10, 60],
  ])("for %s", (_, span, width, minutes) => {
    expect(candleMinutes(span, width)).toBe(minutes);
  });
});
