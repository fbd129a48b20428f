import { expect, test } from "vitest";
import { COUNTER_NAMES, type SymbolStatus } from "../../../data/schema/status.ts";
import { SYMBOL_METRICS } from "../../../data/schema/symbol_metrics.ts";
import { makeSymbolStatus } from "../../support/records.ts";

const EMPTY = { last_trade_time: null, last_bar: null };

const valuesOf = (fields: Partial<SymbolStatus>) => {
  const status = makeSymbolStatus({ ...EMPTY, ...fields });
  return new Map(SYMBOL_METRICS.map((metric) => [metric.name, metric.value(status)]));
};

test("every counter has a metric of its own", () => {
  for (const [i, name] of COUNTER_NAMES.entries()) {
    const counted = valuesOf({ [name]: i + 1 });
    expect([...counted.values()].filter((value) => value === i + 1)).toHaveLength(1);
  }
  const counters = SYMBOL_METRICS.filter(({ type }) => type === "counter");
  expect(counters).toHaveLength(COUNTER_NAMES.length);
  for (const { name, help } of counters) {
    expect(name).toMatch(/_total$/);
    expect(help).not.toBe("");
  }
});

test("a time is a gauge in seconds, without a value before the first", () => {
  expect(valuesOf({}).get("last_bar_timestamp_seconds")).toBeNull();
  expect(valuesOf({ last_bar: 60_000 }).get("last_bar_timestamp_seconds")).toBe(60);
});

test("a problem is a gauge of 0 or 1", () => {
  expect(valuesOf({}).get("bars_held_up")).toBe(0);
  expect(valuesOf({ problem: "waiting" }).get("bars_held_up")).toBe(1);
});
