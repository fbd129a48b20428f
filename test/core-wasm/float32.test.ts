import fc from "fast-check";
import { expect, test } from "vitest";
import { floatBelow, shortThreshold } from "../../core-wasm/float32.ts";

const anyNumber = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e38, max: 1e38 });

test("floatBelow is the largest float32 up to the value", () => {
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

test("a short threshold decides every float32 like the long one", () => {
  fc.assert(fc.property(anyNumber, (threshold) => {
    expect(floatBelow(shortThreshold(threshold)) === floatBelow(threshold)).toBe(true);
  }));
});

test("a short threshold has about eight digits", () => {
  expect(shortThreshold(0.12345678901234567)).toBe(0.12345679);
});
