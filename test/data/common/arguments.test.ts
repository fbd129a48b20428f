import { expect, test } from "vitest";
import { Arguments, UsageError } from "../../../data/common/arguments.ts";

const OPTIONS = { bars: "list", out: "value", speed: "value", help: "flag" } as const;
const parse = (...args: string[]) => new Arguments(args, OPTIONS);

test("a list takes all values up to the next option, and goes on when it is repeated", () => {
  const args = parse("--bars", "a", "b", "--out=x.csv", "--bars", "c");
  expect(args.list("bars")).toEqual(["a", "b", "c"]);
  expect(args.required("out")).toBe("x.csv");
});

test("what was not given has no value, and a number has its fallback", () => {
  const args = parse();
  expect(args.list("bars")).toEqual([]);
  expect(args.value("out")).toBeUndefined();
  expect(args.flag("help")).toBe(false);
  expect(args.number("speed", 1, { min: 0, max: 9 })).toBe(1);
});

test.each([
  [["x"], 'unexpected argument "x"'],
  [["--nope"], "unknown option --nope; there are --bars, --out"],
  [["--out"], "--out needs a value"],
  [["--out", "a", "b"], "--out takes one value: a b"],
  [["--help=1"], "--help takes no value"],
])("%j is refused with the reason", (args, message) => {
  expect(() => parse(...args)).toThrow(UsageError);
  expect(() => parse(...args)).toThrow(message);
});

test("a number out of its range and a missing option are refused by name", () => {
  expect(() => parse("--speed", "10").number("speed", 1, { min: 0, max: 9 }))
    .toThrow('--speed must be a number from 0 to 9: current value is "10"');
  expect(() => parse().required("out")).toThrow("--out is missing");
});
