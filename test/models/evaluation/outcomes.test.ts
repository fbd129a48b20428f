import { expect, test } from "vitest";
import { HORIZON } from "../../../models/evaluation/history.ts";
import { measureOutcomes } from "../../../models/evaluation/outcomes.ts";

/** Bars with given log closes and their index as volume. */
function barsOf(logs: readonly number[]): Float64Array {
  return Float64Array.from(logs.flatMap((log, t) => [1, 1, 1, Math.exp(log), t]));
}

const segment = (first: number, length: number) => ({ first, length, start: 0 });

test("outcomes are those of the 15 minutes after a bar, in basis points", () => {
  const bars = barsOf(Array.from({ length: 40 }, (_, t) => (t % 2 === 0 ? 0 : 1e-4)));
  const { volatility, absoluteReturn, volume } = measureOutcomes(bars, [segment(0, 40)]);
  expect(volatility[0]).toBeCloseTo(Math.sqrt(HORIZON), 9);
  expect(absoluteReturn[0]).toBeCloseTo(1, 9);
  // Volumes 3 to 17.
  expect(volume[2]).toBe((3 + 17) / 2 * 15);
});

test("outcomes do not look beyond the end of a segment", () => {
  const logs = Array.from({ length: 60 }, (_, t) => Math.sin(t) / 100);
  const segments = [segment(0, 30), segment(40, 18)];
  const outcomes = measureOutcomes(barsOf(logs), segments);
  const other = logs.map((log, t) => ((t >= 30 && t < 40) || t >= 58 ? log + 1 : log));
  expect(measureOutcomes(barsOf(other), segments)).toEqual(outcomes);
  for (const values of [outcomes.absoluteReturn, outcomes.volume]) {
    expect(Array.from(values, Number.isNaN)).toEqual(Array.from(outcomes.volatility, Number.isNaN));
  }
  const known = Array.from(outcomes.volatility, (value) => !Number.isNaN(value));
  expect(known.map((value, t) => (value ? t : -1)).filter((t) => t >= 0)).toEqual(
    [...Array.from({ length: 15 }, (_, t) => t), 30, 31, 32],
  );
});
