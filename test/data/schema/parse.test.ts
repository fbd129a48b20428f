import { expect, test } from "vitest";
import { parseBar, parseSignal } from "../../../data/schema/parse.ts";
import { makeBar, makeSignal } from "../../support/records.ts";

test("records are read as they were written", () => {
  const microstructure = {
    vwap: 101.5,
    volume_imbalance: null,
    trade_intensity: 0.1,
    realized_variance: 0,
    bipower_variation: 0,
    jump_share: null,
    roll_spread: null,
    kyle_lambda: -0.5,
    amihud_illiquidity: 1e-9,
    vpin: null,
  };
  for (const bar of [makeBar(0), { ...makeBar(1), first_trade_id: 1, microstructure }]) {
    expect(parseBar(JSON.stringify(bar))).toEqual(bar);
  }
  expect(parseSignal(JSON.stringify(makeSignal(0)))).toEqual(makeSignal(0));
});

test.each([
  ["a price as text", { open: "100" }, 'open must be valid: current value is "100"'],
  ["a price of 0", { low: 0 }, "low must be valid: current value is 0"],
  [
    "a high that is not the highest price",
    { high: 100.5 },
    "Cannot parse the bar as it must be valid",
  ],
  [
    "an unknown quality",
    { quality: "guessed" },
    'quality must be valid: current value is "guessed"',
  ],
])("a bar with %s is refused", (_, change, message) => {
  expect(() => parseBar(JSON.stringify({ ...makeBar(0), ...change }))).toThrow(message);
});

test("text that is not JSON is a SyntaxError", () => {
  expect(() => parseBar("{")).toThrow(SyntaxError);
});
