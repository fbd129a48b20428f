import { describe, expect, it } from "vitest";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import {
  roundBelow,
  roundTicks,
  timeLabel,
  timeTicks,
} from "../../../service/dashboard/charts/ticks.ts";

describe("ticks of values", () => {
  it("are round and inside the domain", () => {
    expect(roundTicks([115_980, 117_940], 6)).toEqual([116_000, 116_500, 117_000, 117_500]);
    expect(roundTicks([-0.72, -0.33], 3)).toEqual([-0.6, -0.4]);
    expect(roundTicks([0.00000889, 0.00000925], 6)).toEqual([
      0.0000089,
      0.000009,
      0.0000091,
      0.0000092,
    ]);
  });

  it("are empty for an empty domain", () => {
    expect(roundTicks([1, 1], 5)).toEqual([]);
  });

  it("are spaced by a round number below a limit", () => {
    expect([0.7, 3.4, 26, 5].map(roundBelow)).toEqual([0.5, 2, 20, 5]);
  });
});

describe("ticks of time", () => {
  const from = Date.UTC(2024, 7, 8, 22, 7);
  const window = { from, to: from + 180 * MINUTE_MS };

  it("are quarter hours on a desktop and half hours on a phone", () => {
    const labels = (width: number) =>
      timeTicks(window, width, "utc").map((t) => timeLabel(t, "utc"));
    expect(labels(900).slice(0, 3)).toEqual(["22:15", "22:30", "22:45"]);
    expect(labels(450)).toEqual(["22:30", "23:00", "23:30", "9 Aug", "00:30", "01:00"]);
  });
});
