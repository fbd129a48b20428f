import fc from "fast-check";
import { expect, test } from "vitest";
import { flatten, toCsv } from "../../../../data/files/csv.ts";
import { JsonTable } from "../../../../service/bus/embedded/json_table.ts";

const name = fc.stringMatching(/^[a-z_]{1,6}$/);
const value = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    "",
    "a,b",
    'a "quoted" one',
    "line\nend",
    'x\\"',
    '":1,"',
    "币安人生",
    "\\",
    "{}",
  ),
  fc.string(),
);
const record = fc.dictionary(
  name,
  fc.oneof(
    value,
    fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value, { noNullPrototype: true })), {
      noNullPrototype: true,
    }),
  ),
  { noNullPrototype: true },
);

/** A record whose flattened names are distinct, as those of the schemas are. */
const distinct = record.filter((given) => {
  const names = flatten(given).map(([each]) => each);
  return new Set(names).size === names.length && !names.includes("");
});

function table(records: readonly unknown[], first: readonly string[]): string {
  const made = new JsonTable(first);
  const lines = records.map((each) => JSON.stringify(each));
  for (const line of lines) made.scan(line);
  return [made.header(), ...lines.map((line) => made.line(line))].join("\n") + "\n";
}

test("a table made of text is the table made of records", () => {
  fc.assert(fc.property(fc.array(distinct), fc.array(name, { maxLength: 3 }), (records, first) => {
    // Minus zero is 0 in JSON.
    const kept = records.map((each): unknown => JSON.parse(JSON.stringify(each)));
    expect(table(records, first)).toBe(toCsv(kept, [...new Set(first)]));
  }));
});

test("records of one shape with other texts are not taken for one another", () => {
  const records = [
    { a: "x", b: 1 },
    { a: 'x","b":2,"c', b: 1 },
    { a: "\\", b: 1 },
    { a: '\\"', b: 1 },
    { a: '"', b: 1 },
  ];
  expect(table(records, [])).toBe(toCsv(records));
});

test("keys that are numbers may stand in any order", () => {
  const made = new JsonTable(["q_2_5", "q_10"]);
  const lines = ['{"q":{"10":2,"2.5":1}}', '{"q":{"2.5":1,"10":2}}'];
  for (const line of lines) made.scan(line);
  expect(lines.map((line) => made.line(line))).toEqual(["1,2", "1,2"]);
});

test("a list has no place in a table", () => {
  expect(() => table([{ a: [1, 2] }], [])).toThrow(/plain value/);
});
