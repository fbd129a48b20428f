import { describe, expect, it } from "vitest";
import { currentNowcast, isBehind, mergeSignals } from "../../../service/dashboard/data/history.ts";
import { makeSignal } from "../../support/records.ts";

const times = (signals: readonly { timestamp: number }[]) =>
  signals.map(({ timestamp }) => (timestamp - makeSignal(0).timestamp) / 60_000);

describe("merging signals", () => {
  it("fills a hole from history without doubling what came live", () => {
    const live = [makeSignal(0), makeSignal(4), makeSignal(5)];
    const fetched = [makeSignal(1), makeSignal(2), makeSignal(3), makeSignal(4)];
    expect(times(mergeSignals(live, fetched))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("lets the incoming signal replace the one of its minute", () => {
    const restated = { ...makeSignal(1), close: 99 };
    expect(mergeSignals([makeSignal(0), makeSignal(1)], [restated])[1]?.close).toBe(99);
  });

  it("keeps the newest when there are too many", () => {
    const many = [0, 1, 2, 3].map((index) => makeSignal(index));
    expect(times(mergeSignals(many, [makeSignal(4)], 3))).toEqual([2, 3, 4]);
  });

  it("never shows simulated minutes beside real ones", () => {
    const simulated = [0, 1].map((index) =>
      ({ ...makeSignal(index), source: "simulator" }) as const
    );
    expect(times(mergeSignals(simulated, [makeSignal(2)]))).toEqual([2]);
  });

  it("leaves nowcasts out", () => {
    expect(mergeSignals([], [{ ...makeSignal(0), final: false }])).toEqual([]);
  });

  it("gives back the same history when nothing came", () => {
    const held = [makeSignal(0)];
    expect(mergeSignals(held, [])).toBe(held);
  });
});

describe("the nowcast", () => {
  const nowcast = { ...makeSignal(1), final: false };

  it("stands until its minute is final", () => {
    expect(currentNowcast([makeSignal(0)], nowcast)).toBe(nowcast);
    expect(currentNowcast([makeSignal(0), makeSignal(1)], nowcast)).toBeNull();
  });

  it("of another source is not shown", () => {
    expect(currentNowcast([makeSignal(0)], { ...nowcast, source: "simulator" })).toBeNull();
  });
});

describe("a history", () => {
  const at = (index: number) => makeSignal(index).timestamp;

  it("is behind when the service has bars and it has none, or lacks more than the last", () => {
    expect(isBehind([], at(0))).toBe(true);
    expect(isBehind([makeSignal(0)], at(2))).toBe(true);
  });

  it("is not behind while one bar may be on its way, or the service has none", () => {
    expect(isBehind([makeSignal(0)], at(1))).toBe(false);
    expect(isBehind([], null)).toBe(false);
  });
});
