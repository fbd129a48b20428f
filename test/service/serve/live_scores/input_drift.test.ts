import { expect, test } from "vitest";
import {
  binsOf,
  InputDrift,
  stabilityIndex,
} from "../../../../service/serve/live_scores/input_drift.ts";

const DECILES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Feeds an hour of values of one input. */
function feed(drift: InputDrift, hour: number, values: readonly number[]): void {
  for (const value of values) drift.push(hour, Float64Array.of(value));
}

const SAME = Array.from({ length: 60 }, (_, i) => (i % 10) + 0.5);

test("the index is 0 where the shares are those of the training", () => {
  const drift = new InputDrift([DECILES]);
  for (let hour = 0; hour < 170; hour++) feed(drift, hour, SAME);
  expect(drift.indices[0]).toBeCloseTo(0, 12);
});

test("the index of a known shift is that of its formula", () => {
  // Half below the first decile, half above the last one; eight bins are empty.
  const [seen, none] = [0.5, 1e-4];
  const expected = 2 * (seen - 0.1) * Math.log(seen / 0.1) +
    8 * (none - 0.1) * Math.log(none / 0.1);
  const drift = new InputDrift([DECILES]);
  for (let hour = 0; hour < 170; hour++) feed(drift, hour, SAME.map((_, i) => i % 2 * 20));
  expect(drift.indices[0]).toBeCloseTo(expected, 10);
  expect(stabilityIndex([5, 0, 0, 0, 0, 0, 0, 0, 0, 5], Array(10).fill(0.1)))
    .toBeCloseTo(expected, 10);
});

test("it is null until nine tenths of a week were seen, and what is older than a week falls out", () => {
  const drift = new InputDrift([DECILES]);
  for (let hour = 1; hour <= 3; hour++) feed(drift, hour, SAME.map(() => 100));
  for (let hour = 4; hour <= 152; hour++) feed(drift, hour, SAME);
  expect(drift.indices).toEqual([null]);
  feed(drift, 153, SAME);
  expect(drift.indices[0]).toBeGreaterThan(0);
  // Hours without a minute are empty, and too many of them are no week.
  for (let hour = 172; hour <= 330; hour++) feed(drift, hour, SAME);
  expect(drift.indices[0]).toBeCloseTo(0, 12);
  feed(drift, 400, SAME);
  expect(drift.indices).toEqual([null]);
});

test("equal deciles make one bin", () => {
  // An input that is 0 half of the time, its highest value.
  expect(binsOf([-4, -3, -2, -1, 0, 0, 0, 0, 0])).toEqual({
    borders: [-4, -3, -2, -1],
    expected: [0.1, 0.1, 0.1, 0.1, expect.closeTo(0.6, 12)],
  });
  expect(binsOf([0, 0, 0, 1, 2, 3, 4, 5, 6])).toEqual({
    borders: [0, 1, 2, 3, 4, 5, 6],
    expected: [expect.closeTo(0.3, 12), 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1],
  });
  expect(binsOf(DECILES)).toEqual({ borders: DECILES, expected: Array(10).fill(0.1) });
});
