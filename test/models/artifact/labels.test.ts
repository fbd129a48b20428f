import { expect, test } from "vitest";
import { classicLabels } from "../../../models/artifact/labels.ts";
import { labelKey } from "../../../data/schema/signal.ts";

test("labels range from bearish to bullish, with a normal market in the middle of an odd number", () => {
  expect(classicLabels(2)).toEqual(["Bearish", "Bullish"]);
  expect(classicLabels(3)).toEqual(["Bearish Extreme", "Normal Market", "Bullish Extreme"]);
  expect(classicLabels(4)).toEqual([
    "Bearish Extreme",
    "Bearish Mild",
    "Bullish Mild",
    "Bullish Extreme",
  ]);
  expect(classicLabels(5)[2]).toBe("Normal Market");
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])("%i regimes have distinct keys", (states) => {
  expect(new Set(classicLabels(states).map(labelKey)).size).toBe(states);
});
