import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalsOf, formatDecimal, formatNumber } from "../../../service/simulator/decimal.ts";

test("integers of ticks are printed with 8 decimals", () => {
  expect(formatDecimal(6183763, 2)).toBe("61837.63000000");
  expect(formatDecimal(908, 8)).toBe("0.00000908");
  expect(formatDecimal(0, 0)).toBe("0.00000000");
  expect(formatDecimal(3591711, 0)).toBe("3591711.00000000");
});

test("what does not fit into 8 decimals is cut off", () => {
  expect(formatDecimal(123456, 10)).toBe("0.00001234");
});

test("a number from a file is printed with the decimals it has", () => {
  expect(formatNumber(61837.63)).toBe("61837.63000000");
  expect(formatNumber(13296127012.9)).toBe("13296127012.90000000");
  expect(formatNumber(9e-7)).toBe("0.00000090");
  expect(formatNumber(0)).toBe("0.00000000");
  expect(formatNumber(1 / 3)).toBe("0.33333333");
});

test("printing a decimal number in ticks loses no digit", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 10 ** 12 }),
      fc.integer({ min: 0, max: 8 }),
      (units, decimals) => {
        const value = Number(`${units}e-${decimals}`);
        const found = decimalsOf(value, 0);
        expect(found).toBeLessThanOrEqual(decimals);
        expect(Number(formatDecimal(Math.round(value * 10 ** found), found))).toBe(value);
        expect(Number(formatNumber(value))).toBe(value);
      },
    ),
  );
});
