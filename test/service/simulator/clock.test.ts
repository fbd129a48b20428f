import { expect, test } from "vitest";
import { VirtualClock } from "../../../service/simulator/clock.ts";

test("the clock waits for its start, runs at its speed and stops at its end", () => {
  let wall = 5000;
  const clock = new VirtualClock({ start: 100, end: 400, speed: 20, wall: () => wall });
  wall += 1000;
  expect([clock.running, clock.now()]).toEqual([false, 100]);
  clock.run();
  expect([clock.running, clock.now()]).toEqual([true, 100]);
  wall += 10;
  clock.run();
  expect(clock.now()).toBe(300);
  wall += 10;
  expect(clock.now()).toBe(400);
});

test("a malformed speed is refused", () => {
  for (const speed of [0, -1, NaN, Infinity]) {
    expect(() => new VirtualClock({ start: 0, speed, wall: () => 0 })).toThrow(
      `speed must be a number above 0: current value is ${speed}`,
    );
  }
});
