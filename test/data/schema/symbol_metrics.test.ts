import { expect, test } from "vitest";
import { type SymbolStatus, symbolStatusSchema } from "../../../data/schema/status.ts";
import {
  createSymbolCounters,
  SYMBOL_COUNTERS,
  SYMBOL_METRICS,
} from "../../../data/schema/symbol_metrics.ts";

const STATUS: SymbolStatus = {
  symbol: "BTCUSDT",
  last_trade_time: null,
  last_bar: null,
  ...createSymbolCounters(),
  problem: null,
};

const valuesOf = (status: SymbolStatus) =>
  new Map(SYMBOL_METRICS.map((metric) => [metric.name, metric.value(status)]));

test("counters start at 0 and make a status", () => {
  expect(new Set(Object.values(createSymbolCounters()))).toEqual(new Set([0]));
  expect(symbolStatusSchema.parse(STATUS)).toEqual(STATUS);
});

test("every counter has a metric of its own", () => {
  for (const [i, name] of SYMBOL_COUNTERS.entries()) {
    const counted = valuesOf({ ...STATUS, [name]: i + 1 });
    expect([...counted.values()].filter((value) => value === i + 1)).toHaveLength(1);
  }
  expect(SYMBOL_METRICS.filter(({ type }) => type === "counter")).toHaveLength(
    SYMBOL_COUNTERS.length,
  );
});

test("a time is a gauge in seconds, without a value before the first", () => {
  expect(valuesOf(STATUS).get("last_bar_timestamp_seconds")).toBeNull();
  expect(valuesOf({ ...STATUS, last_bar: 60_000 }).get("last_bar_timestamp_seconds")).toBe(60);
});

test("a problem is a gauge of 0 or 1", () => {
  expect(valuesOf(STATUS).get("bars_held_up")).toBe(0);
  expect(valuesOf({ ...STATUS, problem: "waiting" }).get("bars_held_up")).toBe(1);
});
