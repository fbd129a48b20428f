import { describe, expect, it } from "vitest";
import { changeSince, visibleSignals } from "../../../service/dashboard/data/history.ts";
import { parseSpan, windowOf } from "../../../service/dashboard/data/span.ts";
import { makeSignal } from "../../support/records.ts";

const minute = (index: number) => makeSignal(index).timestamp;

describe("the visible window", () => {
  it("ends with the forming minute", () => {
    expect(windowOf(minute(179), 180, 1)).toEqual({ from: minute(1), to: minute(181) });
  });

  it("ends with the end of the forming candle", () => {
    expect(windowOf(minute(181), 180, 5)).toEqual({ from: minute(5), to: minute(185) });
  });

  it("contains the signals from its start to before its end", () => {
    const signals = [0, 1, 2, 5, 6].map((index) => makeSignal(index));
    const shown = visibleSignals(signals, { from: minute(1), to: minute(6) });
    expect(shown.map(({ timestamp }) => timestamp)).toEqual([minute(1), minute(2), minute(5)]);
  });

  it("has the default span when the remembered one is invalid", () => {
    expect(parseSpan("360")).toBe(360);
    expect(parseSpan("7")).toBe(180);
    expect(parseSpan(null)).toBe(180);
  });
});

describe("the price change", () => {
  const signals = [0, 1, 2, 3].map((index) => ({ ...makeSignal(index), close: 100 + index }));

  it("is relative to the close of the bar that ended then", () => {
    expect(changeSince(signals, 111.1, minute(2))).toBeCloseTo(111.1 / 101 - 1, 12);
  });

  it("is null when the history does not reach back or has a gap there", () => {
    expect(changeSince(signals, 111, minute(0))).toBeNull();
    expect(changeSince(signals, 111, minute(60))).toBeNull();
  });
});
