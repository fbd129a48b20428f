import { expect, test } from "vitest";
import { ExchangeClock } from "../../../service/exchanges/clock.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

test("is the local clock until the first measurement", async () => {
  const local = new VirtualClock(1000);
  const clock = new ExchangeClock(local);
  clock.observe(9000);
  await local.advance(500);
  expect(clock.now()).toBe(1500);
  expect(clock.offset).toBeNull();
});

test("continues at the local pace from a measurement, half the round trip later", async () => {
  const local = new VirtualClock(1000);
  const clock = new ExchangeClock(local);
  clock.measure(5000, 40);
  await local.advance(100);
  expect(clock.now()).toBe(5120);
  expect(clock.offset).toBe(4020);
});

test("event times move it forward, never back; a measurement sets it back", () => {
  const clock = new ExchangeClock(new VirtualClock(1000));
  clock.measure(5000, 0);
  clock.observe(5300);
  clock.observe(5200);
  expect(clock.now()).toBe(5300);
  clock.measure(5100, 0);
  expect(clock.now()).toBe(5100);
});

test("a jump of the local wall clock does not move it", () => {
  const local = new VirtualClock(1000);
  const clock = new ExchangeClock(local);
  clock.measure(5000, 0);
  local.adjust(3_600_000);
  expect(clock.now()).toBe(5000);
});
