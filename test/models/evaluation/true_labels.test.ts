import { expect, test } from "vitest";
import { scoreAgainstLabels, scoreMapped } from "../../../models/evaluation/true_labels.ts";

const path = (text: string) => Uint8Array.from(text, Number);
const SIZE = { states: 2, regimes: 2 };

test("a path is scored against labels: accuracy, lag, missed changes, false alarms", () => {
  const labels = path("0000011111" + "2222200000");
  const score = scoreAgainstLabels(path("0020000111" + "1111100000"), labels, [10, 10]);
  expect(score).toMatchObject({
    accuracy: 12 / 20,
    median_lag_minutes: 1,
    missed: 0,
    false_alarms_per_day: 1 / 20 * 1440,
  });
  expect(scoreAgainstLabels(labels, labels, [20])).toEqual({
    accuracy: 1,
    rand_index: 1,
    median_lag_minutes: 0,
    missed: 0,
    false_alarms_per_day: 0,
  });
  expect(scoreAgainstLabels(path("000"), path("000"), [3])).toMatchObject({
    median_lag_minutes: null,
    missed: null,
  });
});

test("states are mapped to regimes on the training bars alone", () => {
  const labels = path("0011");
  const later = { labels, path: path("1100") };
  const score = (train: string) => scoreMapped({ labels, path: path(train) }, later, SIZE);
  expect(score("1100")).toMatchObject({ accuracy: 1, regimes_of_states: [1, 0] });
  expect(score("0011")).toMatchObject({ accuracy: 0, regimes_of_states: [0, 1] });
});

test("several states may be of one regime, and one that does not occur is of the first", () => {
  const labels = path("000111");
  const bars = { labels, path: path("001222") };
  const score = scoreMapped(bars, bars, { states: 4, regimes: 2 });
  expect(score).toMatchObject({ accuracy: 1, regimes_of_states: [0, 0, 1, 0] });
});

test("arrays of different lengths are refused", () => {
  const bars = { labels: path("01"), path: path("01") };
  expect(() => scoreMapped(bars, { ...bars, path: path("0") }, SIZE)).toThrow(
    "labels and path of test must have the same number of bars, at least 1: " +
      "current values are 2 and 1",
  );
  expect(() => scoreMapped({ labels: path(""), path: path("") }, bars, SIZE)).toThrow(RangeError);
});
