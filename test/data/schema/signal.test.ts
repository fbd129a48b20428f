import { expect, test } from "vitest";
import { labelKey, signalSchema } from "../../../data/schema/signal.ts";
import { makeSignal } from "../../support/records.ts";

test.each([
  ["Bearish Extreme", "bearish_extreme"],
  ["  Crisis! ", "crisis"],
  ["A -- B", "a_b"],
  ["Ärger 2", "ärger_2"],
])("the key of %j is %j", (label, key) => expect(labelKey(label)).toBe(key));

test("the schema takes a signal as it goes over the wire, and what it does not know", () => {
  const signal = makeSignal(0);
  expect(signalSchema.parse(JSON.parse(JSON.stringify({ ...signal, news: 1 })))).toEqual(signal);
});
