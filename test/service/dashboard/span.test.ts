import { describe, expect, it } from "vitest";
import { changeSince } from "../../../service/dashboard/data/change.ts";
import { parseSpan, visibleSignals, windowOf } from "../../../service/dashboard/data/span.ts";
import { makeSignal } from "../../support/records.ts";

const minute = (index: number) => makeSignal(index).timestamp;

describe("the visible window", () => {
  it("ends with the minute that is forming", () => {
    expect(windowOf(minute(179), 180, 1)).toEqual({ from: minute(1), to: minute(181) });
  });

  it("ends with the whole candle that is forming", () => {
    expect(windowOf(minute(181), 180, 5)).toEqual({ from: minute(5), to: minute(185) });
  });

  it("holds the signals from its start up to its end", () => {
    const signals = [0, 1, 2, 5, 6].map((index) => makeSignal(index));
    const shown = visibleSignals(signals, { from: minute(1), to: minute(6) });
    expect(shown.map(({ timestamp }) => timestamp)).toEqual([minute(1), minute(2), minute(5)]);
  });

  it("is the default one when what was remembered makes no sense", () => {
    expect(parseSpan("360")).toBe(360);
    expect(parseSpan("7")).toBe(180);
    expect(parseSpan(null)).toBe(180);
  });
});

describe("the change of the price", () => {
  const signals = [0, 1, 2, 3].map((index) => ({ ...makeSignal(index), close: 100 + index }));

  it("is against the close of the bar that ended then", () => {
    expect(changeSince(signals, 111.1, minute(2))).toBeCloseTo(111.1 / 101 - 1, 12);
  });

  it("is unknown when the history does not reach back, or has a hole there", () => {
    expect(changeSince(signals, 111, minute(0))).toBeNull();
    expect(changeSince(signals, 111, minute(60))).toBeNull();
  });
});
