import { describe, expect, it } from "vitest";
import {
  currentNowcast,
  isBehind,
  leavesGap,
  mergeSignals,
} from "../../../service/dashboard/data/history.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { makeSignal } from "../../support/records.ts";

const times = (signals: readonly { timestamp: number }[]) =>
  signals.map(({ timestamp }) => (timestamp - makeSignal(0).timestamp) / MINUTE_MS);

describe("mergeSignals", () => {
  it("fills a gap from history without duplicates of live signals", () => {
    const live = [makeSignal(0), makeSignal(4), makeSignal(5)];
    const fetched = [makeSignal(1), makeSignal(2), makeSignal(3), makeSignal(4)];
    expect(times(mergeSignals(live, fetched))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("replaces the signal of a minute by the incoming one", () => {
    const restated = { ...makeSignal(1), close: 99 };
    expect(mergeSignals([makeSignal(0), makeSignal(1)], [restated])[1]?.close).toBe(99);
  });

  it("keeps the newest signals beyond its capacity", () => {
    const many = [0, 1, 2, 3].map((index) => makeSignal(index));
    expect(times(mergeSignals(many, [makeSignal(4)], 3))).toEqual([2, 3, 4]);
  });

  it("does not mix simulated and real minutes", () => {
    const simulated = [0, 1].map((index) =>
      ({ ...makeSignal(index), source: "simulator" }) as const
    );
    expect(times(mergeSignals(simulated, [makeSignal(2)]))).toEqual([2]);
  });

  it("drops nowcasts", () => {
    expect(mergeSignals([], [{ ...makeSignal(0), final: false }])).toEqual([]);
  });

  it("returns the same history when there is no incoming signal", () => {
    const known = [makeSignal(0)];
    expect(mergeSignals(known, [])).toBe(known);
  });
});

describe("the nowcast", () => {
  const nowcast = { ...makeSignal(1), final: false };

  it("is shown until its minute is final", () => {
    expect(currentNowcast([makeSignal(0)], nowcast)).toBe(nowcast);
    expect(currentNowcast([makeSignal(0), makeSignal(1)], nowcast)).toBeNull();
  });

  it("is not shown if its source differs", () => {
    expect(currentNowcast([makeSignal(0)], { ...nowcast, source: "simulator" })).toBeNull();
  });
});

describe("a history", () => {
  const at = (index: number) => makeSignal(index).timestamp;

  it("is behind when it lacks more than the service's last bar", () => {
    expect(isBehind([], at(0))).toBe(true);
    expect(isBehind([makeSignal(0)], at(2))).toBe(true);
  });

  it("is not behind while one bar may be in transit, or the service has none", () => {
    expect(isBehind([makeSignal(0)], at(1))).toBe(false);
    expect(isBehind([], null)).toBe(false);
  });

  it("has a gap where a live signal does not follow it", () => {
    expect(leavesGap([makeSignal(0)], makeSignal(1))).toBe(false);
    expect(leavesGap([makeSignal(0)], makeSignal(0))).toBe(false);
    expect(leavesGap([makeSignal(0)], makeSignal(2))).toBe(true);
    expect(leavesGap([], makeSignal(2))).toBe(true);
  });
});
