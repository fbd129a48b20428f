import { describe, expect, it } from "vitest";
import { type AlarmFacts, alarmOf, otherMarkets } from "../../../service/dashboard/data/alarm.ts";
import { healthOf } from "../../../service/dashboard/data/health.ts";
import type { Status, SymbolStatus } from "../../../data/schema/status.ts";
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

const FACTS: AlarmFacts = {
  symbol: "BTCUSDT",
  unknown: null,
  symbols: ["BTCUSDT", "ETHUSDT"],
  link: { state: "open" },
  status: STATUS,
  statusAt: NOW,
  signals: [makeSignal(0)],
  nowcast: null,
  behindSince: null,
  zone: "utc",
};

/** The alarm of a status with other fields, for the shown market and for the whole. */
function alarm(market: Partial<SymbolStatus>, status: Partial<Status> = {}) {
  const symbols = STATUS.symbols.map((each) => ({ ...each, ...market }));
  return alarmOf({ ...FACTS, status: { ...STATUS, symbols, ...status } }, NOW);
}

describe("the alarm strip", () => {
  it("is live while real data arrives", () => {
    expect(alarm({})).toEqual({
      tone: "live",
      title: "Live market data",
      message: "all is well",
      current: true,
      mark: "",
    });
  });

  it("shows why the data is simulated", () => {
    expect(alarm({}, { source: "simulator", message: "no route to Binance" })).toMatchObject({
      tone: "simulated",
      title: "SIMULATED DATA, not a real market",
      message: "no route to Binance",
      mark: "simulated",
    });
  });

  it("calls a market of another day recorded, with its date", () => {
    const then = Date.UTC(2022, 0, 15, 12) - NOW;
    const time = Date.UTC(2022, 0, 15, 12);
    expect(alarm({ last_trade_time: time }, { clock_offset: then })).toMatchObject({
      tone: "recorded",
      title: "Recorded market data of 15 Jan 2022",
      mark: "15 Jan 2022",
    });
    expect(alarm({ last_trade_time: time }, { clock_offset: null }).tone).toBe("recorded");
    expect(alarm({}, { clock_offset: 3 * 86_400_000 }).title)
      .toBe("Market data of 12 Aug 2024, a day to come");
  });

  it("does not call a market recorded for a wrong clock or a quiet night", () => {
    expect(alarm({}, { clock_offset: 3_600_000 }).tone).toBe("live");
    expect(alarm({ last_trade_time: NOW - 86_400_000 * 2 }).tone).toBe("live");
  });

  it("mentions that trades no longer come long before the connection counts as silent", () => {
    expect(alarm({ last_trade_time: NOW - 12_400 }).message)
      .toBe("all is well. No trade of BTCUSDT for 12 s");
  });

  it("is red with the service's message when the exchange is silent or disconnected", () => {
    const status = {
      connection: "disconnected",
      message: "no route",
      next_attempt: NOW + 8_000,
    } as const;
    expect(alarm({}, status)).toMatchObject({
      tone: "down",
      message: "no route. Next attempt in 8 s.",
      current: false,
    });
    expect(alarm({}, { ...status, connection: "silent" }).tone).toBe("down");
  });

  it("shows first that the page lost its connection: since when, why, and when it tries again", () => {
    const link = {
      state: "lost",
      since: NOW - 5_000,
      reason: "the service answered 503",
      retryAt: NOW + 7_200,
    } as const;
    expect(alarmOf({ ...FACTS, link }, NOW)).toMatchObject({
      tone: "down",
      message: "No updates since 11:59:55 UTC: the service answered 503. Next attempt in 8 s.",
      current: false,
    });
  });

  it("says for how long nothing has come", () => {
    const link = { state: "silent", since: NOW - 9_000 } as const;
    expect(alarmOf({ ...FACTS, link }, NOW)).toMatchObject({
      tone: "down",
      title: "MicroStream is silent",
      message: "Nothing has arrived for 9 s.",
    });
  });

  it("is red while bars of the shown market are delayed", () => {
    expect(alarm({ problem: "no klines" })).toMatchObject({
      tone: "down",
      title: "BTCUSDT bars are delayed",
      message: "no klines",
    });
  });

  it("is not red for another market, which has its own quiet line", () => {
    const stuck = makeSymbolStatus({ symbol: "ETHUSDT", problem: "no klines" });
    const status = { ...STATUS, symbols: [...STATUS.symbols, stuck] };
    expect(alarmOf({ ...FACTS, status }, NOW).tone).toBe("live");
    expect(otherMarkets("BTCUSDT", status)).toBe("Delayed: ETHUSDT");
    expect(otherMarkets("ETHUSDT", status)).toBe("");
    const many = ["A", "B", "C", "D", "E"].map((symbol) => ({ ...stuck, symbol }));
    expect(otherMarkets("BTCUSDT", { ...status, symbols: many })).toBe(
      "Delayed: A, B, C and 2 more",
    );
  });

  it.each(
    [
      ["halted", "Trading of BTCUSDT is halted"],
      ["delisted", "BTCUSDT is delisted"],
      ["unlisted", "BTCUSDT is not listed"],
    ] as const,
  )("calls a market that is %s so, which is no fault", (market, title) => {
    expect(alarm({ market })).toMatchObject({ tone: "wait", title, current: false });
  });

  it("counts the minutes of history while they are loaded", () => {
    expect(alarm({ market: "trading", loading: { have: 1234, need: 11_520 } })).toMatchObject({
      tone: "wait",
      title: "Loading history",
      message: "1,234 of 11,520 minutes of BTCUSDT; all is well",
      current: false,
    });
    const loading = { have: 1, need: 2 };
    expect(alarm({ loading }, { source: "simulator" })).toMatchObject({
      tone: "simulated",
      title: "SIMULATED DATA, not a real market: loading history",
    });
    const status = { ...STATUS, symbols: [{ ...makeSymbolStatus(), loading }] };
    const nowcast = { ...makeSignal(1), final: false };
    expect(alarmOf({ ...FACTS, status, nowcast }, NOW).current).toBe(true);
    expect(alarm({ loading: null }).tone).toBe("live");
  });

  it("says that bars have no regimes when the signals stay behind", () => {
    const symbols = [makeSymbolStatus({ last_bar: makeSignal(5).timestamp })];
    const late = (ms: number) =>
      alarmOf({ ...FACTS, status: { ...STATUS, symbols }, behindSince: NOW - ms }, NOW);
    expect(late(5_000).tone).toBe("live");
    expect(late(20_000)).toMatchObject({
      tone: "down",
      title: "BTCUSDT regimes are delayed",
      message: "The last one is of 00:00 UTC, the last bar of 00:05 UTC.",
    });
  });

  it("says since when the journal cannot be written, and what waits", () => {
    const storage = { since: NOW - 60_000, reason: "the disk is full", waiting: 12 };
    expect(alarm({}, { storage })).toMatchObject({
      tone: "down",
      title: "The journal cannot be written",
      message: "Since 11:59:00 UTC: the disk is full. 12 records wait in memory and will follow; " +
        "forming minutes go on.",
    });
  });

  it("names a market that the service does not have", () => {
    expect(alarmOf({ ...FACTS, symbol: "", unknown: "NOPE" }, NOW)).toMatchObject({
      tone: "down",
      title: "NOPE is not watched here",
      message: "This service watches 2 markets. Choose one.",
    });
  });

  it("waits for the first status", () => {
    const link = { state: "connecting" } as const;
    expect(alarmOf({ ...FACTS, link, status: null }, NOW).tone).toBe("wait");
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
