import { describe, expect, it } from "vitest";
import { alarmOf } from "../../../service/dashboard/data/alarm.ts";
import { healthOf } from "../../../service/dashboard/data/health.ts";
import type { Status } from "../../../data/schema/status.ts";
import { makeSignal, makeSymbolStatus } from "../../support/records.ts";

const NOW = Date.UTC(2024, 7, 9, 12, 0, 0);

const STATUS: Status = {
  source: "binance",
  requested: "auto",
  connection: "live",
  message: "all is well",
  since: NOW - 60_000,
  next_attempt: null,
  clock_offset: -40,
  disconnects: 0,
  handovers: 0,
  invalid_frames: 0,
  models: [],
  models_problem: null,
  storage: null,
  damage: null,
  invalid_frames_by_kind: {},
  rest_weight: 0,
  symbols: [makeSymbolStatus({
    last_trade_time: NOW - 1_240,
    last_bar: makeSignal(0).timestamp,
    trades: 100,
    gaps: 2,
    missing_trades: 17,
    duplicates: 3,
    late: 1,
    audited_bars: 1,
  })],
};

describe("the alarm strip", () => {
  const open = { state: "open" } as const;

  it("is live while real data arrives", () => {
    expect(alarmOf(open, STATUS, "utc").tone).toBe("live");
  });

  it("shows why the data is simulated", () => {
    const status = { ...STATUS, source: "simulator", message: "no route to Binance" } as const;
    expect(alarmOf(open, status, "utc")).toEqual({
      tone: "simulated",
      title: "SIMULATED DATA, not a real market",
      message: "no route to Binance",
    });
  });

  it("is red with the service's message when the exchange is silent or disconnected", () => {
    const status = { ...STATUS, connection: "disconnected", message: "retry in 8 s" } as const;
    expect(alarmOf(open, status, "utc")).toMatchObject({ tone: "down", message: "retry in 8 s" });
    expect(alarmOf(open, { ...status, connection: "silent" }, "utc").tone).toBe("down");
  });

  it("shows first that the page lost its connection, and since when", () => {
    const alarm = alarmOf({ state: "lost", since: NOW }, STATUS, "utc");
    expect(alarm.tone).toBe("down");
    expect(alarm.message).toContain("12:00:00 UTC");
  });

  it("is red while bars of a market are delayed", () => {
    const symbols = STATUS.symbols.map((market) => ({ ...market, problem: "no klines" }));
    expect(alarmOf(open, { ...STATUS, symbols }, "utc")).toEqual({
      tone: "down",
      title: "Bars delayed",
      message: "BTCUSDT: no klines",
    });
  });

  it("waits for the first status", () => {
    expect(alarmOf({ state: "connecting" }, null, "utc").tone).toBe("wait");
  });
});

describe("data health", () => {
  const open = { state: "open" } as const;
  const facts = (status: Status | null, now = NOW) =>
    new Map(
      healthOf({ status, at: NOW }, "BTCUSDT", open, makeSignal(0), now, "utc")
        .map(({ name, value, warn }) => [name, { value, warn }]),
    );

  it("shows the age of the last trade by the exchange's clock", () => {
    expect(facts(STATUS).get("Last trade")).toEqual({ value: "1.2 s ago", warn: false });
  });

  it("freezes the age between two statuses and increases it when one is overdue", () => {
    expect(facts(STATUS, NOW + 4_000).get("Last trade")?.value).toBe("1.2 s ago");
    expect(facts(STATUS, NOW + 90_000).get("Last trade")).toEqual({
      value: "1 min 31 s ago",
      warn: true,
    });
  });

  it("warns of missing trades and of a large clock offset", () => {
    expect(facts(STATUS).get("Gaps in trade ids")).toEqual({
      value: "2, 17 trades lost",
      warn: true,
    });
    expect(facts({ ...STATUS, clock_offset: 3_000 }).get("Clock offset")?.warn).toBe(true);
  });

  it("has the same lines before the first status", () => {
    expect([...facts(null).keys()]).toEqual([...facts(STATUS).keys()]);
  });
});
