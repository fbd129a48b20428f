import { describe, expect, test } from "vitest";
import {
  ConnectionAttemptLimiter,
  RequestWeightLimiter,
} from "../../../../service/exchanges/binance/limits.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";

describe("RequestWeightLimiter", () => {
  function limiter() {
    const clock = new VirtualClock(30_000);
    return { clock, weight: new RequestWeightLimiter(clock) };
  }

  test("audits yield to warm-up, and warm-up to repairs", () => {
    const { weight } = limiter();
    expect(weight.take(1500, "audit")).toBe(0);
    expect(weight.take(2, "audit")).toBe(30_000);
    expect(weight.take(2500, "history")).toBe(0);
    expect(weight.take(2, "history")).toBe(30_000);
    expect(weight.take(1000, "repair")).toBe(0);
    expect(weight.take(4, "repair")).toBe(30_000);
    expect(weight.used).toBe(5000);
  });

  test("a new minute starts with nothing used", () => {
    const { weight, clock } = limiter();
    weight.take(5000, "repair");
    clock.adjust(30_000);
    expect(weight.take(4, "audit")).toBe(0);
  });

  test("the exchange's own count takes precedence where it is higher", () => {
    const { weight } = limiter();
    weight.observe(4999);
    expect(weight.take(4, "repair")).toBe(30_000);
    weight.observe(10);
    expect(weight.used).toBe(4999);
  });
});

test("280 connection attempts in five minutes are made, the next waits for the oldest to expire", async () => {
  const clock = new VirtualClock();
  const attempts = new ConnectionAttemptLimiter(clock);
  for (; clock.monotonic() < 280_000; await clock.advance(1000)) {
    expect(attempts.waitMs).toBe(0);
    attempts.count();
  }
  expect(attempts.waitMs).toBe(20_000);
  await clock.advance(20_000);
  expect(attempts.waitMs).toBe(0);
});
