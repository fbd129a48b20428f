import { expect, test } from "vitest";
import { addBins, binEvents } from "../../../../models/evaluation/volatility/bins.ts";
import { scoreClasses } from "../../../../models/evaluation/volatility/classes.ts";
import {
  applyKnotTable,
  fitKnotTable,
} from "../../../../models/evaluation/volatility/knot_table.ts";
import {
  applyLevelTable,
  fitLevelTable,
} from "../../../../models/evaluation/volatility/level_table.ts";
import { runLengths } from "../../../../models/evaluation/volatility/thresholds.ts";

test("a knot's probabilities are the counts around it plus one, and linear between knots", () => {
  // 20 values, each of as many rows: each is a knot.
  const values = Float64Array.from({ length: 2000 }, (_, i) => Math.floor(i / 100));
  const truth = Uint8Array.from(values, (value) => (value < 10 ? 0 : 2));
  const table = fitKnotTable(values, truth);
  expect([...table.knots]).toEqual(Array.from({ length: 20 }, (_, i) => i));
  const at = (value: number) => [...applyKnotTable(table, Float64Array.of(value))];
  expect(at(3)).toEqual([101 / 103, 1 / 103, 1 / 103]);
  expect(at(15)).toEqual([1 / 103, 1 / 103, 101 / 103]);
  expect(at(9.5)[0]).toBeCloseTo(51 / 103, 12);
  expect(at(-7)).toEqual(at(0));
  expect(at(99)).toEqual(at(19));
});

test("a table of one value only has the frequencies of all rows", () => {
  const table = fitKnotTable(new Float64Array(97).fill(4), new Uint8Array(97).fill(1));
  expect([...applyKnotTable(table, Float64Array.of(4))][1]).toBeGreaterThan(0.3);
});

test("a level's probabilities are its counts plus one; unknown classes are left out", () => {
  const table = fitLevelTable(
    Uint8Array.of(0, 0, 0, 2, 2, 255),
    Uint8Array.of(0, 0, 1, 2, 255, 2),
    Float64Array.of(1, 2, 6, 8, 100, 100),
  );
  expect([...table.probabilities]).toEqual(
    [3, 2, 1, 2, 2, 2, 1, 1, 2].map((count, i) => count / (i < 6 ? 6 : 4)),
  );
  expect([...table.means]).toEqual([3, 0, 8]);
  expect([...applyLevelTable(table, Uint8Array.of(2, 255))])
    .toEqual([1 / 4, 1 / 4, 2 / 4, NaN, NaN, NaN]);
});

test("the most probable class, the first of equals, is the one that is named", () => {
  const probabilities = Float64Array.of(0.5, 0.3, 0.2, 0.4, 0.4, 0.2, 0.1, 0.2, 0.7);
  const { hits, logScores } = scoreClasses(probabilities, Uint8Array.of(1, 0, 255));
  expect([...hits]).toEqual([0, 1, NaN]);
  expect(logScores[0]).toBeCloseTo(Math.log(0.3), 12);
  expect(logScores[1]).toBeCloseTo(Math.log(0.4), 12);
  expect(logScores[2]).toBeNaN();
});

test("events are counted by tenths of their probability", () => {
  const bins = binEvents(
    Float64Array.of(0, 0.05, 0.95, 1, NaN, 0.5),
    Float64Array.of(0, 1, 1, 1, 1, NaN),
  );
  const both = addBins([bins, bins]);
  expect([...both.counts]).toEqual([4, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
  expect([...both.events]).toEqual([2, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
  expect(both.chances[9]).toBeCloseTo(3.9, 12);
});

test("rows make runs where they are consecutive", () => {
  expect(runLengths(Int32Array.of(3, 4, 5, 9, 11, 12))).toEqual([3, 1, 2]);
  expect(runLengths(new Int32Array())).toEqual([]);
});
