import { expect, test } from "vitest";
import { measureDelay } from "../../../models/evaluation/delay.ts";

const path = (text: string) => Uint8Array.from(text, Number);

test.each<[string, string, string, number[], number]>([
  ["the bars until the follower changes", "0000111111", "0000001111", [2], 0],
  ["0 when it has changed already", "0000111111", "0011111111", [0], 0],
  ["a detour through another state", "0000222222", "0000112222", [2], 0],
  ["a change that it never makes", "00011111222222", "00000000022222", [1], 1],
  ["made only after the next change: missed", "0001111100000", "0000000011111", [], 2],
  ["a short run is not a change", "0000110000000", "0000000000000", [0], 0],
  ["the last run counts", "000011111", "000000001", [4], 0],
])("%s", (_, leading, following, delays, missed) => {
  expect(measureDelay(path(leading), path(following), [leading.length])).toEqual({
    changes: delays.length + missed,
    missed,
    delays,
  });
});

test("a sequence starts without a change and ends a run", () => {
  const found = measureDelay(path("0000011111" + "1111100000"), path("00000111111111100011"), [
    10,
    10,
  ]);
  expect(found).toEqual({ changes: 2, missed: 0, delays: [0, 0] });
  const apart = measureDelay(path("000111" + "111111"), path("000000" + "111111"), [6, 6], 3);
  expect(apart).toEqual({ changes: 1, missed: 1, delays: [] });
});
