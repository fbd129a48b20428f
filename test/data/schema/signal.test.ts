import { expect, test } from "vitest";
import {
  isReady,
  isReadyForecast,
  labelKey,
  primaryOutput,
  signalSchema,
} from "../../../data/schema/signal.ts";
import {
  makeSignal,
  makeVolatilityOutput,
  makeVolatilitySignal,
  makeWarmingOutput,
  makeWarmingVolatility,
} from "../../support/records.ts";

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

test("a volatility model's output is read beside another model, ready or not", () => {
  for (const volatility of [makeVolatilityOutput(), makeWarmingVolatility(9, 4320)]) {
    const signal = { ...makeSignal(0), models: { volatility } };
    expect(signalSchema.parse(JSON.parse(JSON.stringify(signal)))).toEqual(signal);
  }
});

test("the top level of a volatility model is the output that it would be beside another", () => {
  const signal = signalSchema.parse(JSON.parse(JSON.stringify(makeVolatilitySignal(0))));
  expect(signal).toEqual(makeVolatilitySignal(0));
  expect(primaryOutput(signal)).toEqual(makeVolatilityOutput());
  expect(isReadyForecast(primaryOutput(signal))).toBe(true);
});

test("the order of keys carries no meaning", () => {
  const text = JSON.stringify(makeVolatilitySignal(0));
  const moved = text.replace(/"10":([\d.]+),(.*?)"2.5":([\d.]+)/, '"2.5":$3,$2"10":$1');
  expect(moved).not.toBe(text);
  expect(signalSchema.parse(JSON.parse(moved))).toEqual(makeVolatilitySignal(0));
});

test("a model without a forecast is ready, but no forecast", () => {
  const output = primaryOutput(makeSignal(0));
  expect([isReady(output), isReadyForecast(output)]).toEqual([true, false]);
  for (const warming of [makeWarmingOutput(9, 20), makeWarmingVolatility(9, 4320)]) {
    expect([isReady(warming), isReadyForecast(warming)]).toEqual([false, false]);
  }
});

test.each([
  ["a quantile that is missing", /"97.5":[\d.]+/, '"97":1'],
  ["a probability above 1", /"change_within_60_minutes":[\d.]+/, '"change_within_60_minutes":1.1'],
  ["an unknown basis", '"basis":"absolute"', '"basis":"month"'],
  ["a contribution that is missing", '"season":0.2,', ""],
])("a signal with %s is refused", (_, found, replaced) => {
  const text = JSON.stringify(makeVolatilitySignal(0)).replace(found, replaced);
  expect(signalSchema.safeParse(JSON.parse(text)).success).toBe(false);
});
