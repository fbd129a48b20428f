import fc from "fast-check";
import { expect, test } from "vitest";
import { isSound, type Kline, KLINE_COLUMNS, klineSchema } from "../../../data/schema/kline.ts";
import { findMinuteError, type MinuteError } from "../../../data/schema/sound.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";

const KLINE: Required<Kline> = {
  open_time: 1_714_521_600_000,
  open: 100,
  high: 102,
  low: 99,
  close: 101,
  volume: 7,
  quote_volume: 705.5,
  num_trades: 12,
  taker_buy_volume: 4,
  taker_buy_quote_volume: 402,
};

const errorOf = (change: Partial<Kline>) =>
  findMinuteError(change.open_time ?? KLINE.open_time, { ...KLINE, ...change });

test("the columns are those of the exchange's files, in their order", () => {
  expect(KLINE_COLUMNS).toEqual(Object.keys(KLINE));
});

test.each<[Partial<Kline>]>([
  [{}],
  [{ volume: 0, quote_volume: 0, num_trades: 0 }],
  [{ open: 99, high: 102, close: 102 }],
  [{ taker_buy_volume: NaN }],
])("a kline with %j is sound", (change) => {
  expect(errorOf(change)).toBeUndefined();
  expect(isSound({ ...KLINE, ...change })).toBe(true);
});

test.each<[Partial<Kline>, MinuteError["kind"], string]>([
  [{ low: 0 }, "negative", "low must be above 0: current value is 0"],
  [{ open: NaN }, "negative", "open must be above 0: current value is NaN"],
  [{ volume: -1 }, "negative", "volume must be 0 or more: current value is -1"],
  [{ num_trades: -1 }, "negative", "num_trades must be 0 or more: current value is -1"],
  [{ high: Infinity }, "not_finite", "high is Infinity"],
  [{ volume: NaN }, "not_finite", "volume is NaN"],
  [{ close: 103 }, "ohlc", "high the highest price: open 100, high 102, low 99, close 103"],
  [{ open: 98 }, "ohlc", "low must be the lowest"],
  [{ open_time: KLINE.open_time + 1 }, "misaligned", "must open on a full minute"],
  [{ open_time: NaN }, "misaligned", "must open on a full minute"],
])("a kline with %j is not sound", (change, kind, what) => {
  expect(errorOf(change)).toEqual({ kind, what: expect.stringContaining(what) });
  expect(isSound({ ...KLINE, ...change })).toBe(false);
});

test("the schema takes exactly the klines that are sound", () => {
  const number = fc.oneof(
    fc.constantFrom(-1, 0, 1, 2, NaN, Infinity, -Infinity),
    fc.double({ min: 0, max: 3 }),
  );
  const kline = fc.record({
    open_time: fc.oneof(fc.constant(KLINE.open_time), fc.nat().map((n) => n * MINUTE_MS / 2)),
    open: number,
    high: number,
    low: number,
    close: number,
    volume: number,
    num_trades: fc.integer({ min: -1, max: 3 }),
  });
  fc.assert(fc.property(kline, (value) => {
    expect(klineSchema.safeParse(value).success).toBe(isSound(value));
  }));
});
