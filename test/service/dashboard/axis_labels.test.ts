import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decimalsOfTicks,
  numberLabels,
  priceLabels,
  quantityLabels,
} from "../../../service/dashboard/charts/axis_labels.ts";
import { paddedDomain } from "../../../service/dashboard/charts/frame.ts";
import { roundTicks } from "../../../service/dashboard/charts/ticks.ts";

/** Values of an axis: from prices like 1e-8 to those like 1e9, in ranges from whole to 1e-9 of it. */
const values = fc.tuple(
  fc.double({ min: 1, max: 10, noNaN: true }),
  fc.integer({ min: -9, max: 9 }),
  fc.double({ min: -9, max: 0, noNaN: true }),
).map(([mantissa, magnitude, range]) => {
  const low = mantissa * 10 ** magnitude;
  return [low, low * (1 + 10 ** range)];
});

describe("axis labels", () => {
  it.each([
    ["prices", priceLabels],
    ["scores and features", numberLabels],
    ["quantities", quantityLabels],
  ])("of %s differ wherever the ticks do, and name the tick", (_, labels) => {
    fc.assert(fc.property(values, fc.integer({ min: 1, max: 12 }), (shown, count) => {
      const ticks = roundTicks(paddedDomain(shown, 0.08), count);
      const texts = ticks.map(labels(ticks));
      expect(new Set(texts).size).toBe(new Set(ticks).size);
    }));
  });

  it("of prices are the ticks themselves, at any magnitude", () => {
    fc.assert(fc.property(values, fc.integer({ min: 2, max: 12 }), (shown, count) => {
      const ticks = roundTicks(paddedDomain(shown, 0.08), count);
      fc.pre(ticks.length > 1);
      const step = (ticks[1] ?? 0) - (ticks[0] ?? 0);
      const read = ticks.map(priceLabels(ticks)).map((text) => Number(text.replaceAll(",", "")));
      for (const [index, tick] of ticks.entries()) {
        expect(Math.abs((read[index] ?? NaN) - tick)).toBeLessThan(step / 100);
      }
    }));
  });

  it("have more decimals than prices where the market barely moved", () => {
    const ticks = [60_690.105, 60_690.11, 60_690.115];
    expect(ticks.map(priceLabels(ticks))).toEqual(["60,690.105", "60,690.110", "60,690.115"]);
    expect(decimalsOfTicks([9.08e-6, 9.1e-6])).toBe(8);
    expect(decimalsOfTicks([116_000, 116_500])).toBe(0);
    expect(decimalsOfTicks([])).toBe(0);
  });
});
