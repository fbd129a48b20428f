import type { Kline } from "../../../../data/schema/kline.ts";
import { MINUTE_MS } from "../../../../data/schema/time.ts";
import { expect, test } from "vitest";
import type { Bar } from "../../../../data/schema/bar.ts";
import { BarAudit, differences } from "../../../../service/ingest/bars/bar_audit.ts";
import { createLog } from "../../../../service/log.ts";
import { VirtualClock } from "../../../support/virtual_clock.ts";
import { at, contextWith } from "../../world.ts";

const KLINE: Kline = {
  ...{ open_time: at(0, 0), open: 1, high: 3, low: 1, close: 2, volume: 10 },
  ...{ quote_volume: 20, num_trades: 4, taker_buy_volume: 6, taker_buy_quote_volume: 12 },
};

function bar(minute: number, changes: Partial<Bar> = {}): Bar {
  return {
    ...{ symbol: "BTCUSDT", timestamp: at(minute, 0), close_time: at(minute, 59.999) },
    ...{ open: 1, high: 3, low: 1, close: 2, volume: 10, quote_volume: 20, num_trades: 4 },
    ...{ taker_buy_volume: 6, taker_buy_quote_volume: 12, taker_sell_volume: 4 },
    ...{ quality: "trades", source: "binance" },
    ...changes,
  };
}

function audit(klines: (from: number, to: number) => Promise<readonly Kline[]>) {
  const lines: string[] = [];
  const clock = new VirtualClock(at(1, 9));
  const auditor = new BarAudit(contextWith({
    rest: { klines: (_symbol, from, to) => klines(from, to) },
    clock,
    logger: createLog("WARNING", (line) => lines.push(line)),
  }));
  return { auditor, clock, lines };
}

test("every column is compared, except those that one side lacks", () => {
  expect(differences(bar(0), KLINE)).toEqual([]);
  const columns = ["open", "high", "low", "close", "volume", "quote_volume", "num_trades"] as const;
  for (const column of [...columns, "taker_buy_volume", "taker_buy_quote_volume"] as const) {
    expect(differences(bar(0, { [column]: 77 }), KLINE)).toEqual([column]);
  }
  const { open_time, open, high, low, close, volume } = KLINE;
  expect(differences(bar(0), { open_time, open, high, low, close, volume })).toEqual([]);
});

test("a bar is audited once its kline is final, and only once", async () => {
  const asked: number[][] = [];
  const { auditor, clock } = audit((...range) => {
    asked.push(range);
    return Promise.resolve([KLINE]);
  });
  auditor.add([bar(0)]);
  await auditor.round();
  expect(asked).toEqual([]);
  await clock.advance(1000);
  await auditor.round();
  await auditor.round();
  expect(asked).toEqual([[at(0, 0), at(1, 0)]]);
  expect(auditor.counts("BTCUSDT")).toEqual({ audited: 1, mismatches: 0 });
});

test("a difference is counted and logged with bar and kline", async () => {
  const { auditor, clock, lines } = audit(() => Promise.resolve([KLINE]));
  await clock.advance(5 * MINUTE_MS);
  auditor.add([bar(0, { volume: 9.5 })]);
  await auditor.round();
  expect(auditor.counts("BTCUSDT")).toEqual({ audited: 1, mismatches: 1 });
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(/differs.*volume.*9\.5.*open_time/s);
});

test("bars are kept for the next round while the exchange fails or lags", async () => {
  let answer: () => Promise<readonly Kline[]> = () => Promise.reject(new Error("no answer"));
  const { auditor, clock } = audit(() => answer());
  await clock.advance(5 * MINUTE_MS);
  auditor.add([bar(0)]);
  await auditor.round();
  answer = () => Promise.resolve([]);
  await auditor.round();
  expect(auditor.counts("BTCUSDT").audited).toBe(0);
  answer = () => Promise.resolve([KLINE]);
  await auditor.round();
  expect(auditor.counts("BTCUSDT").audited).toBe(1);
});

test("bars taken from klines are not audited", async () => {
  const { auditor, clock } = audit(() => Promise.reject(new Error("not to be called")));
  await clock.advance(5 * MINUTE_MS);
  auditor.add([bar(0, { quality: "kline" })]);
  await auditor.round();
  expect(auditor.counts("BTCUSDT").audited).toBe(0);
});
