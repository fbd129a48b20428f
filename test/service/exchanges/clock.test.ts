import { expect, test } from "vitest";
import { ExchangeClock } from "../../../../service/exchanges/binance/clock.ts";

test("is the local clock until the exchange has told its time", () => {
  let local = 1000;
  const clock = new ExchangeClock(() => local);
  clock.observe(9000);
  local = 1500;
  expect(clock.now()).toBe(1500);
  expect(clock.offset).toBeNull();
});

test("runs on at the local pace from a measurement, half the round trip later", () => {
  let local = 1000;
  const clock = new ExchangeClock(() => local);
  clock.measure(5000, 40);
  local = 1100;
  expect(clock.now()).toBe(5120);
  expect(clock.offset).toBe(4020);
});

test("event times push it forward, never back; a measurement sets it back", () => {
  const clock = new ExchangeClock(() => 1000);
  clock.measure(5000, 0);
  clock.observe(5300);
  clock.observe(5200);
  expect(clock.now()).toBe(5300);
  clock.measure(5100, 0);
  expect(clock.now()).toBe(5100);
});
