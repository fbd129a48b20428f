import { expect, test } from "vitest";
import { describeRowErrors, RowErrorLog, RowFault } from "../../../data/files/row_errors.ts";

function makeLog(): RowErrorLog {
  const log = new RowErrorLog();
  for (let i = 1; i <= 1200; i++) {
    log.add(new RowFault("negative", `low must be above 0: current value is ${-i}`), "a.csv", i);
  }
  log.add(new RowFault("ohlc", "high must be the highest price"), "b.csv", 7);
  return log;
}

test("the first rows of each kind are named, with file and line", () => {
  expect(describeRowErrors(makeLog().counts(), 2)).toEqual([
    "left out: 1,200 rows, a number below its range",
    "  a.csv:1: low must be above 0: current value is -1",
    "  a.csv:2: low must be above 0: current value is -2",
    "  ... and 1198 more",
    "left out: 1 row, a price outside of low to high",
    "  b.csv:7: high must be the highest price",
  ]);
});

test("a copy goes on by itself", () => {
  const log = makeLog();
  const copy = log.copy();
  copy.add(new RowFault("ohlc", "low must be the lowest price"), "c.csv", 1);
  expect(log.counts()[1]).toMatchObject({ count: 1, examples: [{ file: "b.csv" }] });
  expect(copy.counts()[1]).toMatchObject({ count: 2, examples: [{ file: "b.csv" }, {}] });
});
