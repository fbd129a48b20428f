import fc from "fast-check";
import { expect, test } from "vitest";
import { Fields } from "../../../data/files/fields.ts";

const encoder = new TextEncoder();

function read(line: string): Fields {
  const fields = new Fields();
  fields.read(encoder.encode(line), 0);
  return fields;
}

function expectedNumber(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

const digits = fc.stringMatching(/^\d{0,20}$/);
const decimal = fc.tuple(digits, fc.option(digits)).map(([whole, fraction]) =>
  fraction === null ? whole : `${whole}.${fraction}`
);
const odd = fc.constantFrom(
  "",
  " ",
  "-1",
  "+2.5",
  "1e5",
  "NaN",
  "inf",
  "true",
  "1.2.3",
  ".",
  "12 ",
);
const field = fc.oneof({ weight: 4, arbitrary: decimal }, odd, fc.double().map(String));

test("a number has the value that Number gives it", () => {
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 14 }), (texts) => {
      const fields = read(texts.join(","));
      expect(fields.length).toBe(texts.length);
      expect(fields.texts()).toEqual(texts);
      expect(texts.map((_, i) => fields.number(i))).toEqual(texts.map(expectedNumber));
    }),
    { numRuns: 500 },
  );
});

test("quotes do not count", () => {
  const fields = read('"1704067200000","100.00",true');
  expect(fields.texts()).toEqual(["1704067200000", "100.00", "true"]);
  expect([fields.number(0), fields.number(1), fields.number(2)]).toEqual([1704067200000, 100, NaN]);
});

test("beyond the last field there is nothing", () => {
  const fields = read("1,2,3");
  fields.read(encoder.encode("4,5"), 0);
  expect([fields.length, fields.text(2), fields.number(2)]).toEqual([2, undefined, NaN]);
});

test("of a line with very many fields the first can be read, and all are counted", () => {
  const fields = read(Array.from({ length: 1000 }, (_, i) => i).join(","));
  expect([fields.length, fields.number(63), fields.text(999)]).toEqual([1000, 63, undefined]);
});

test("lines are read one after the other", () => {
  const bytes = encoder.encode("1,2\r\n3\n");
  const fields = new Fields();
  const first = fields.read(bytes, 0);
  expect([first, ...fields.texts()]).toEqual([3, "1", "2"]);
  expect([fields.read(bytes, first + 2), ...fields.texts()]).toEqual([6, "3"]);
});
