import { expect, test } from "vitest";
import { progressLine } from "../../../data/common/progress.ts";

test("the progress line shows share, detail and time left", () => {
  expect(progressLine("download", 0.25, 25_000, "3 files"))
    .toBe("download ██████░░░░░░░░░░░░░░░░░░  25 %  3 files  1m 15s left");
});

test("the time left is unknown at the start, and none at the end", () => {
  expect(progressLine("fit", 0, 1000)).toBe("fit ░░░░░░░░░░░░░░░░░░░░░░░░   0 %");
  expect(progressLine("fit", 1, 1000)).toBe("fit ████████████████████████ 100 %");
});
