import { expect, test } from "vitest";
import {
  meanAround,
  type Replay,
  summarizeDays,
  worstMinutes,
} from "../../notebooks/support/replay.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

/** Five minutes of a model of two regimes that is not ready at the first. */
const replay: Replay = {
  times: Float64Array.of(0, 1, 2, 3, 4).map((minute) => minute * MINUTE_MS),
  opens: Float64Array.of(100, 100, 100, 100, 100),
  highs: Float64Array.of(109, 101, 105, 102, 103),
  lows: Float64Array.of(99, 99, 99, 99, 99),
  closes: Float64Array.of(100, 100, 100, 100, 100),
  volumes: Float64Array.of(1, 1, 1, 1, 1),
  scores: Float64Array.of(-0.7, -0.7, -0.7, -0.3, -0.5),
  anomalous: Uint8Array.of(1, 1, 1, 0, 0),
  path: Uint8Array.of(2, 0, 1, 1, 0),
  filtered: Float64Array.of(NaN, NaN, 0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.6, 0.4),
  labels: ["Stable", "Crisis"],
};

test("the most anomalous minutes are ones at which the model is ready; ties go to the widest range", () => {
  expect(worstMinutes(replay, 3, 0)).toEqual([2, 1, 4]);
  expect(worstMinutes(replay, 3, 2 * MINUTE_MS)).toEqual([2, 4]);
});

test("a day counts the minutes at which the model is ready", () => {
  expect(summarizeDays(replay)).toMatchObject([{ minutes: 5, seen: 4, crisis: 0.4 }]);
});

test("minutes at which the model is not ready are left out of a mean", () => {
  expect(meanAround(replay, [1, 2], [-1], 1)).toEqual([{ offset: -1, p: 0.1 }]);
});
