import fc from "fast-check";
import { expect, test } from "vitest";
import { isMicroseconds, toMilliseconds } from "../../../data/schema/time.ts";

const EARLIEST = Date.UTC(2017, 0);
const LATEST = Date.UTC(2117, 0);

const exchangeTime = fc.integer({ min: EARLIEST, max: LATEST - 1 });

test("milliseconds and microseconds of one time give the same milliseconds", () => {
  fc.assert(fc.property(exchangeTime, fc.nat(999), (ms, us) => {
    expect(toMilliseconds(ms)).toBe(ms);
    expect(Math.floor(toMilliseconds(ms * 1000 + us))).toBe(ms);
    expect([isMicroseconds(ms), isMicroseconds(ms * 1000 + us)]).toEqual([false, true]);
  }));
});

test("seconds and nanoseconds are never a time", () => {
  fc.assert(fc.property(exchangeTime, (ms) => {
    expect(toMilliseconds(ms / 1000)).toBeNaN();
    expect(toMilliseconds(ms * 1e6)).toBeNaN();
  }));
});

test("the bounds are 2017 and 2117, in both units", () => {
  expect([EARLIEST - 1, LATEST, (EARLIEST - 1) * 1000, LATEST * 1000, 0, -1, NaN, Infinity]
    .map(toMilliseconds)).toEqual(new Array(8).fill(NaN));
  expect([EARLIEST, LATEST - 1, EARLIEST * 1000].map(toMilliseconds))
    .toEqual([EARLIEST, LATEST - 1, EARLIEST]);
});
