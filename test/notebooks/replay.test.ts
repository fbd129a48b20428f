import { expect, test } from "vitest";
import { CONTRIBUTIONS } from "../../core-wasm/core.ts";
import {
  cutReplay,
  meanAround,
  summarizeDays,
  worstMinutes,
} from "../../notebooks/support/replay.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { replayOf } from "./support.ts";

/** Five minutes of a model of two regimes that is not ready at the first. */
const replay = replayOf({
  times: Float64Array.of(0, 1, 2, 3, 4).map((minute) => minute * MINUTE_MS),
  highs: Float64Array.of(109, 101, 105, 102, 103),
  lows: Float64Array.of(99, 99, 99, 99, 99),
  scores: Float64Array.of(-0.7, -0.7, -0.7, -0.3, -0.5),
  anomalous: Uint8Array.of(1, 1, 1, 0, 0),
  path: Uint8Array.of(2, 0, 1, 1, 0),
  filtered: Float64Array.of(NaN, NaN, 0.9, 0.1, 0.2, 0.8, 0.3, 0.7, 0.6, 0.4),
  labels: ["Calm", "Turbulent"],
  shockScores: Float64Array.of(NaN, 1, 2, 9, 3),
  shocks: Uint8Array.of(0, 0, 0, 1, 0),
});

test("the most anomalous minutes are those of a ready model; ties go to the widest range", () => {
  expect(worstMinutes(replay, "forest", 3, 0)).toEqual([2, 1, 4]);
  expect(worstMinutes(replay, "forest", 3, 2 * MINUTE_MS)).toEqual([2, 4]);
});

test("the largest shocks are ranked by their score", () => {
  expect(worstMinutes(replay, "shock", 3, 0)).toEqual([3, 4, 2]);
});

test("a day counts alarms and the minutes at which the model is ready", () => {
  expect(summarizeDays(replay)).toMatchObject([
    { minutes: 5, seen: 4, turbulent: 0.4, anomalies: 3, shocks: 1 },
  ]);
});

test("minutes at which the model is not ready are left out of a mean", () => {
  expect(meanAround(replay, [1, 2], [-1], 1)).toEqual([{ offset: -1, p: 0.1 }]);
});

test("a cut has the same minutes in every column", () => {
  const cut = cutReplay(replay, MINUTE_MS, 3 * MINUTE_MS);
  expect(cut.start).toBe(MINUTE_MS);
  expect(cut.path).toEqual(Uint8Array.of(0, 1));
  expect(cut.filtered).toEqual(Float64Array.of(0.9, 0.1, 0.2, 0.8));
  expect(cut.contributions.length).toBe(2 * CONTRIBUTIONS.length);
});
