import { expect, test } from "vitest";
import {
  barCount,
  type BarSequence,
  hashSequences,
  joinBars,
  lastTime,
  SequenceCutter,
} from "../../../models/training/sequences.ts";
import type { Kline } from "../../../data/schema/kline.ts";

const START = Date.UTC(2024, 0, 1);
const bar = (minute: number, close = 2): Kline => ({
  open_time: START + minute * 60_000,
  open: 2,
  high: 3,
  low: 1,
  close,
  volume: minute,
});

function cut(...files: number[][]): SequenceCutter {
  const cutter = new SequenceCutter();
  for (const minutes of files) {
    cutter.startFile("x.csv", "BTCUSDT");
    for (const minute of minutes) cutter.add(bar(minute));
  }
  return cutter;
}

const spans = (sequences: readonly BarSequence[]) =>
  sequences.map((sequence) => [(sequence.start - START) / 60_000, barCount(sequence)]);

test("a gap ends a sequence, the end of a file does not", () => {
  expect(spans(cut([0, 1, 2, 4, 5], [], [6, 7], [9]).finish())).toEqual([[0, 3], [4, 4], [9, 1]]);
});

test("files may be in any order", () => {
  expect(spans(cut([10, 11], [0, 1], [2, 3]).finish())).toEqual([[10, 2], [0, 4]]);
});

test("overlaps with the previous file are dropped", () => {
  const cutter = cut([0, 1, 2], [1, 2, 3, 4]);
  expect(cutter.dropped).toBe(2);
  expect(spans(cutter.finish())).toEqual([[0, 5]]);
});

test("another market ends a sequence", () => {
  const cutter = new SequenceCutter();
  for (const [minute, symbol] of ["BTCUSDT", "BTCUSDT", "ETHUSDT", "BTCUSDT"].entries()) {
    cutter.startFile("x.csv", symbol);
    cutter.add(bar(minute));
  }
  expect(spans(cutter.finish())).toEqual([[0, 2], [2, 1], [3, 1]]);
});

test("duplicates and bars out of order are dropped and counted", () => {
  const cutter = cut([0, 1, 1, 0, 2]);
  expect(cutter.dropped).toBe(2);
  expect(spans(cutter.finish())).toEqual([[0, 3]]);
});

test("bars are stored as the core's feature inputs", () => {
  const [first, second, ...rest] = cut([0, 1], [5]).finish();
  expect(rest).toEqual([]);
  expect(Array.from(first?.bars ?? [])).toEqual([2, 3, 1, 2, 0, 2, 3, 1, 2, 1]);
  expect(first && lastTime(first)).toBe(START + 60_000);
  expect(joinBars([first, second].flatMap((s) => s ?? [])).length).toBe(15);
});

test.each<[Partial<Kline>, string]>([
  [{ open_time: START + 1 }, "must open on a full minute"],
  [{ open_time: NaN }, "must open on a full minute"],
  [{ close: 4 }, "high the highest price: "],
  [{ low: 0 }, "low must be above 0: current value is 0"],
  [{ open: NaN }, "open must be above 0: current value is NaN"],
  [{ high: Infinity }, "must be finite"],
  [{ volume: -1 }, "volume must be 0 or more: current value is -1"],
  [{ volume: NaN }, "must be finite"],
])("a bar with %j is refused", (change, message) => {
  const cutter = new SequenceCutter();
  cutter.startFile("x.csv", "BTCUSDT");
  const add = () => cutter.add({ ...bar(0), ...change });
  expect(add).toThrow(RangeError);
  expect(add).toThrow(/^x\.csv: cannot use the bar /);
  expect(add).toThrow(message);
});

test("the hash depends on the numbers and the starts of the sequences", () => {
  const hash = hashSequences(cut([0, 1, 2]).finish());
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(hashSequences(cut([0, 1, 2]).finish())).toBe(hash);
  expect(hashSequences(cut([0, 1], [2]).finish())).toBe(hash);
  expect(hashSequences(cut([0, 1], [3]).finish())).not.toBe(hash);
});
