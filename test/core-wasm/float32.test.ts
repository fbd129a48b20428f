import fc from "fast-check";
import { expect, test } from "vitest";
import { floatBelow, shortThreshold } from "../../core-wasm/float32.ts";

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e38, max: 1e38 });

test("the float32 below is the largest that is not above", () => {
  expect(floatBelow(0.5)).toBe(0.5);
  expect(floatBelow(0.1)).toBeLessThan(0.1);
  expect(floatBelow(-1e-60)).toBe(-(2 ** -149));
  fc.assert(fc.property(anyNumber, (value) => {
    const below = floatBelow(value);
    expect(Math.fround(below)).toBe(below);
    expect(below).toBeLessThanOrEqual(value);
    expect(Math.fround(value) <= value ? Math.fround(value) : below).toBe(below);
  }));
});

test("a short threshold decides every float32 as the long one does", () => {
  fc.assert(fc.property(anyNumber, (threshold) => {
    expect(floatBelow(shortThreshold(threshold)) === floatBelow(threshold)).toBe(true);
  }));
});

test("a short threshold has at most ten digits or so", () => {
  expect(shortThreshold(0.12345678901234567)).toBe(0.12345679);
});
