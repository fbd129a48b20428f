import { expect, test } from "vitest";
import { WeightMeter } from "../../../service/simulator/rest/weight.ts";

test("weight counts for a minute", () => {
  const meter = new WeightMeter();
  expect(meter.add(2, 0)).toBe(2);
  expect(meter.add(4, 30_000)).toBe(6);
  expect(meter.add(1, 59_999)).toBe(7);
  expect(meter.add(1, 60_000)).toBe(6);
  expect(meter.add(20, 500_000)).toBe(20);
});
