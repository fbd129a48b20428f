import { expect, test } from "vitest";
import { AttemptBudget } from "../../../../service/exchanges/binance/attempts.ts";

test("280 attempts in five minutes are made, the next waits for the oldest to lapse", () => {
  const clock = { now: 0 };
  const attempts = new AttemptBudget(() => clock.now);
  for (; clock.now < 280_000; clock.now += 1000) {
    expect(attempts.wait).toBe(0);
    attempts.note();
  }
  expect(attempts.wait).toBe(20_000);
  clock.now = 300_000;
  expect(attempts.wait).toBe(0);
});
