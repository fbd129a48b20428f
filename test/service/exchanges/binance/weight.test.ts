import { expect, test } from "vitest";
import { WeightBudget } from "../../../../service/exchanges/binance/weight.ts";

function budget() {
  const clock = { now: 30_000 };
  return { clock, budget: new WeightBudget(() => clock.now) };
}

test("audits stand back for warm-up, and warm-up for repairs", () => {
  const { budget: weight } = budget();
  expect(weight.take(1500, "audit")).toBe(0);
  expect(weight.take(2, "audit")).toBe(30_000);
  expect(weight.take(2500, "history")).toBe(0);
  expect(weight.take(2, "history")).toBe(30_000);
  expect(weight.take(1000, "repair")).toBe(0);
  expect(weight.take(4, "repair")).toBe(30_000);
  expect(weight.used).toBe(5000);
});

test("a new minute begins with nothing used", () => {
  const { budget: weight, clock } = budget();
  weight.take(5000, "repair");
  clock.now = 60_000;
  expect(weight.take(4, "audit")).toBe(0);
});

test("the exchange's own count is believed where it is higher", () => {
  const { budget: weight } = budget();
  weight.told(4999);
  expect(weight.take(4, "repair")).toBe(30_000);
  weight.told(10);
  expect(weight.used).toBe(4999);
});
