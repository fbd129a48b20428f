import { expect, test } from "vitest";
import { csvLine, flatten, toCsv } from "../../../data/files/csv.ts";
import { makeSignal } from "../../support/records.ts";

test("nested names are joined by an underscore", () => {
  expect(flatten({ a: 1, b: { c: "x", d: { e: true } }, f: null }))
    .toEqual([["a", 1], ["b_c", "x"], ["b_d_e", true], ["f", null]]);
});

test("a list has no place in a table", () => {
  expect(() => flatten({ a: [1] })).toThrow(/Cannot put a into a table/);
});

test("cells with commas, quotes or line ends are quoted", () => {
  expect(csvLine(["a,b", 'say "hi"', "two\nlines", 1.5, false, null]))
    .toBe('"a,b","say ""hi""","two\nlines",1.5,false,');
});

test("columns are all that occur; a record without one leaves its cell empty", () => {
  expect(toCsv([{ a: 1 }, { a: 2, b: 3 }])).toBe("a,b\n1,\n2,3\n");
});

test("columns that are asked for come first and stand even where no record has them", () => {
  expect(toCsv([{ a: 1, c: 2 }], ["b", "a"])).toBe("b,a,c\n,1,2\n");
});

test("a group that is null where others have it adds no column of its own", () => {
  expect(toCsv([{ a: null, n: null }, { a: { b: 1 }, n: null }], ["n"])).toBe("n,a_b\n,\n,1\n");
});

test("every field of a signal has its column", () => {
  const [header = "", line = ""] = toCsv([makeSignal(0)]).split("\n");
  const cells = Object.fromEntries(header.split(",").map((name, i) => [name, line.split(",")[i]]));
  expect(cells).toMatchObject({
    regime_probabilities_normal_market: "0.9",
    features_momentum: "0.001",
    regime_name: "Normal Market",
    is_anomaly: "false",
  });
});
