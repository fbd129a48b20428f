import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfter, retryDelay } from "../../../service/dashboard/client/retry.ts";

const asked = (value: string) => retryAfter({ headers: new Headers({ "retry-after": value }) });

describe("the delay before the next attempt", () => {
  it("doubles with each failure up to a limit, and is never shorter than what was asked for", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), fc.nat(600_000), (failures, wanted) => {
        const delay = retryDelay(failures, wanted);
        const own = Math.min(16_000, 1000 * 2 ** (failures - 1));
        expect(delay).toBeGreaterThanOrEqual(Math.max(own, wanted));
        expect(delay).toBeLessThanOrEqual(Math.max(own, wanted) + own / 4);
      }),
    );
  });

  it("is asked for in seconds or by a date", () => {
    expect(asked("7")).toBe(7000);
    const inAMinute = asked(new Date(Date.now() + 61_000).toUTCString());
    expect(inAMinute).toBeGreaterThan(0);
    expect(inAMinute).toBeLessThanOrEqual(61_000);
  });

  it("is not asked for by nonsense, the past or too far a future", () => {
    expect(retryAfter({ headers: new Headers() })).toBe(0);
    expect(["soon", "-5", "0", "Wed, 21 Oct 2015 07:28:00 GMT"].map(asked)).toEqual([0, 0, 0, 0]);
    expect(asked("99999999")).toBe(600_000);
  });
});
