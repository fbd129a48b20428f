import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countMinutes } from "../../../data/quality/bars_report.ts";
import { repairBars } from "../../../data/quality/bar_repair.ts";
import { klineOf } from "../../../data/files/klines.ts";
import { KlineRows } from "../../../data/files/market_rows.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";
import { klineLine, minute, ohlcvLine, writeLines } from "../history_lines.ts";

async function repairFiles(...paths: string[]) {
  const rows = new KlineRows("BTCUSDT", "spot");
  for (const path of paths) await rows.readFile(path);
  return repairBars(rows);
}

const repair = (...lines: string[]) => repairFiles(writeLines("BTCUSDT-1m-x.csv", lines));

describe("repairs", () => {
  test("sound bars are left as they are", async () => {
    const { bars, report } = await repair(ohlcvLine(0), ohlcvLine(1));
    expect(report).toMatchObject({
      rows: 2,
      bars: 2,
      from: minute(0),
      to: minute(1),
      repaired: { duplicates: 0, outOfOrder: 0, microseconds: 0 },
      errors: [],
      gaps: [],
      zeroVolume: [],
    });
    expect([...bars.open_time]).toEqual([minute(0), minute(1)]);
    expect([...bars.high]).toEqual([102, 102]);
    expect([...bars.quote_volume]).toEqual([NaN, NaN]);
  });

  test("rows in microseconds and in milliseconds may alternate", async () => {
    const { bars, report } = await repair(klineLine(0), klineLine(1, true), klineLine(2));
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(report.repaired.microseconds).toBe(1);
    expect(report.errors).toEqual([]);
  });

  test("a minute that two files share occurs once", async () => {
    const { bars, report } = await repairFiles(
      writeLines("BTCUSDT-1m-2024-05-01.csv", [klineLine(0), klineLine(1)]),
      writeLines("BTCUSDT-1m-2024-05-02.zip", [klineLine(1, true), klineLine(2, true)]),
    );
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(report.repaired.duplicates).toBe(1);
    expect(report.errors).toEqual([]);
  });

  test("of two rows that agree the one with more values is kept, whichever comes first", async () => {
    for (const lines of [[ohlcvLine(0), klineLine(0)], [klineLine(0), ohlcvLine(0)]]) {
      const files = lines.map((line) => writeLines("BTCUSDT-1m-x.csv", [line]));
      const { bars, report } = await repairFiles(...files);
      expect([...bars.taker_buy_volume]).toEqual([4]);
      expect(report.repaired.duplicates).toBe(1);
    }
  });

  test("rows out of order are sorted", async () => {
    const { bars, report } = await repair(ohlcvLine(2), ohlcvLine(0), ohlcvLine(1));
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(report.repaired.outOfOrder).toBe(1);
    expect(report.gaps).toEqual([]);
  });
});

describe("rows that cannot be repaired are left out and named", () => {
  test("unusable rows, whose minutes are missing then", async () => {
    const path = writeLines("BTCUSDT-1m-x.csv", [
      ohlcvLine(0),
      ohlcvLine(1, { low: 0 }),
      ohlcvLine(2),
    ]);
    const { bars, report } = await repairFiles(path);
    expect([...bars.open_time]).toEqual([minute(0), minute(2)]);
    expect(report.rows).toBe(3);
    expect(report.errors).toMatchObject([{
      kind: "negative",
      examples: [{ file: path, line: 2 }],
    }]);
    expect(report.gaps).toEqual([{ from: minute(1), to: minute(2), minutes: 1 }]);
  });

  test("of rows that contradict each other the first is kept", async () => {
    const first = writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(0), ohlcvLine(1)]);
    const second = writeLines("BTCUSDT-1m-b.csv", [ohlcvLine(1, { close: 101.5 }), ohlcvLine(2)]);
    const { bars, report } = await repairFiles(first, second);
    expect([...bars.close]).toEqual([101, 101, 101]);
    expect(report.repaired.duplicates).toBe(0);
    expect(report.errors).toEqual([{
      kind: "conflict",
      count: 1,
      examples: [{
        file: second,
        line: 1,
        what: "2024-05-01T00:01:00.000Z: close is 101.5 where an earlier row has 101",
      }],
    }]);
  });
});

describe("gaps and quiet minutes", () => {
  test("missing minutes are named from the first to the one after the last", async () => {
    const { report } = await repair(...[0, 1, 4, 5, 9].map((i) => ohlcvLine(i)));
    expect(report.gaps).toEqual([
      { from: minute(2), to: minute(4), minutes: 2 },
      { from: minute(6), to: minute(9), minutes: 3 },
    ]);
  });

  test("a run without volume ends with a trade, with a gap and with the history", async () => {
    const quiet = (i: number) => ohlcvLine(i, { volume: 0 });
    const { report } = await repair(quiet(0), ohlcvLine(1), quiet(2), quiet(3), quiet(5));
    expect(report.zeroVolume).toEqual([
      { from: minute(0), to: minute(1), minutes: 1 },
      { from: minute(2), to: minute(4), minutes: 2 },
      { from: minute(5), to: minute(6), minutes: 1 },
    ]);
  });

  test("a history without bars has neither", () => {
    const { report } = repairBars(new KlineRows("BTCUSDT", "spot"));
    expect(report).toMatchObject({ rows: 0, bars: 0, gaps: [], zeroVolume: [] });
    expect(report.from).toBeUndefined();
  });

  test("minutes that the name of a file promises are missing where no bar is", async () => {
    const day = (...lines: string[]) => writeLines("BTCUSDT-1m-2024-05-01.csv", lines);
    const whole = Array.from({ length: 1440 }, (_, i) => ohlcvLine(i));
    expect((await repairFiles(day(...whole))).report.promised).toEqual([]);
    const { report } = await repairFiles(day(...whole.slice(60, 120)));
    expect(report.gaps).toEqual([]);
    expect(report.promised).toEqual([
      { from: minute(0), to: minute(60), minutes: 60 },
      { from: minute(120), to: minute(1440), minutes: 1320 },
    ]);
    const month = writeLines("BTCUSDT-1m-2024-04.zip", [ohlcvLine(0)]);
    expect((await repairFiles(month)).report.promised).toEqual([
      { from: Date.UTC(2024, 3), to: Date.UTC(2024, 4), minutes: 30 * 1440 },
    ]);
  });

  test("for any part of a day, bars, gaps and promised minutes make the day", async () => {
    const parts = fc.uniqueArray(fc.nat(1439), { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(parts, async (indices) => {
        const path = writeLines("BTCUSDT-1m-2024-05-01.csv", indices.map((i) => ohlcvLine(i)));
        const { report } = await repairFiles(path, path);
        const missing = [...report.gaps, ...report.promised];
        expect(report.bars + countMinutes(missing)).toBe(1440);
      }),
      { numRuns: 30 },
    );
  });

  const HALT = "klines/BTCUSDT-spot-1m-ohlcv-20230316-20230324.csv.gz";
  realDataTest("the halt of 2023-03-24 is found in real bars", [HALT], async () => {
    const { report } = await repairFiles(sharedData(HALT));
    expect(report.gaps).toEqual([]);
    expect(report.errors).toEqual([]);
    expect(report.zeroVolume).toEqual([{
      from: Date.parse("2023-03-24T11:28Z"),
      to: Date.parse("2023-03-24T12:40Z"),
      minutes: 72,
    }]);
  });
});

/** Minutes in any order, some of them again, with one price a minute. */
const minutes = fc.array(fc.nat(60), { minLength: 1, maxLength: 80 });

describe("for any order and repetition of rows", () => {
  const kline = (i: number, change: Partial<Kline> = {}): Kline => ({
    open_time: minute(i),
    open: 100,
    high: 102,
    low: 99,
    close: 101,
    volume: 1,
    ...change,
  });
  const load = (klines: readonly Kline[]) => {
    const rows = new KlineRows("BTCUSDT", "spot");
    for (const [i, row] of klines.entries()) rows.add(row, "a.csv", i + 1);
    return repairBars(rows);
  };
  const byMinute = (i: number) => kline(i, { open: 99 + i / 100, volume: i });

  test("each minute is there once, in order, with its own numbers", () => {
    fc.assert(fc.property(minutes, (indices) => {
      const { bars } = load(indices.map(byMinute));
      const expected = [...new Set(indices)].sort((a, b) => a - b);
      expect([...bars.open_time]).toEqual(expected.map(minute));
      expect([...bars.volume]).toEqual(expected);
    }));
  });

  test("every row is a bar, a duplicate or an error; every minute is a bar or missing", () => {
    const numbers = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 98, max: 101 })));
    fc.assert(fc.property(numbers, (given) => {
      const { report } = load(given.map(([i, low]) => kline(i, { low })));
      const { bars, repaired, errors, gaps, from, to } = report;
      const left = errors.reduce((sum, { count }) => sum + count, 0);
      expect(bars + repaired.duplicates + left).toBe(given.length);
      const span = from === undefined || to === undefined ? 0 : (to - from) / 60_000 + 1;
      expect(bars + countMinutes(gaps)).toBe(span);
    }));
  });

  test("repairing repaired bars changes nothing", () => {
    fc.assert(fc.property(minutes, (indices) => {
      const { bars } = load(indices.map(byMinute));
      const again = load(
        Array.from(
          bars.open_time,
          (time, i) =>
            klineOf(time, Object.values(bars).slice(1).map((column) => column[i] ?? NaN)),
        ),
      );
      expect(again.bars).toEqual(bars);
      expect(again.report.repaired).toEqual({ duplicates: 0, outOfOrder: 0, microseconds: 0 });
    }));
  });
});
