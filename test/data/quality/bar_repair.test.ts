import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countMinutes } from "../../../data/quality/bar_quality.ts";
import { repairBars } from "../../../data/quality/bar_repair.ts";
import { type BarFault, createBarRows, KLINE_FORMAT } from "../../../data/files/bar_rows.ts";
import { readRows } from "../../../data/files/source_rows.ts";
import { realDataTest, sharedData } from "../../support/shared_data.ts";
import { klineLine, minute, ohlcvLine, writeLines } from "../kline_lines.ts";

async function repairFiles(...paths: string[]) {
  const rows = createBarRows("BTCUSDT", "spot");
  for (const path of paths) await readRows(path, KLINE_FORMAT, rows);
  return repairBars(rows);
}

const repair = (...lines: string[]) => repairFiles(writeLines("BTCUSDT-1m-x.csv", lines));

describe("what can be repaired", () => {
  test("sound bars are left as they are", async () => {
    const { bars, quality } = await repair(ohlcvLine(0), ohlcvLine(1));
    expect(quality).toMatchObject({
      rows: 2,
      bars: 2,
      from: minute(0),
      to: minute(1),
      repaired: { duplicates: 0, outOfOrder: 0, microseconds: 0 },
      faults: [],
      gaps: [],
      zeroVolume: [],
    });
    expect([...bars.open_time]).toEqual([minute(0), minute(1)]);
    expect([...bars.high]).toEqual([102, 102]);
    expect([...bars.quote_volume]).toEqual([NaN, NaN]);
  });

  test("rows in microseconds and in milliseconds are of one time, row by row", async () => {
    const { bars, quality } = await repair(klineLine(0), klineLine(1, true), klineLine(2));
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(quality.repaired.microseconds).toBe(1);
    expect(quality.faults).toEqual([]);
  });

  test("a minute that two files have alike is there once", async () => {
    const { bars, quality } = await repairFiles(
      writeLines("BTCUSDT-1m-2024-05-01.csv", [klineLine(0), klineLine(1)]),
      writeLines("BTCUSDT-1m-2024-05-02.zip", [klineLine(1, true), klineLine(2, true)]),
    );
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(quality.repaired.duplicates).toBe(1);
    expect(quality.faults).toEqual([]);
  });

  test("of two rows that agree the one that knows more stands, whichever comes first", async () => {
    for (const lines of [[ohlcvLine(0), klineLine(0)], [klineLine(0), ohlcvLine(0)]]) {
      const files = lines.map((line) => writeLines("BTCUSDT-1m-x.csv", [line]));
      const { bars, quality } = await repairFiles(...files);
      expect([...bars.taker_buy_volume]).toEqual([4]);
      expect(quality.repaired.duplicates).toBe(1);
    }
  });

  test("rows out of order are sorted in", async () => {
    const { bars, quality } = await repair(ohlcvLine(2), ohlcvLine(0), ohlcvLine(1));
    expect([...bars.open_time]).toEqual([minute(0), minute(1), minute(2)]);
    expect(quality.repaired.outOfOrder).toBe(1);
    expect(quality.gaps).toEqual([]);
  });
});

describe("what cannot be repaired is left out and named", () => {
  const faults: readonly [BarFault, Record<string, string | number>, string][] = [
    ["not_finite", { high: "NaN" }, 'high must be a number: it is "NaN"'],
    ["not_finite", { volume: "1e999" }, 'volume must be a number: it is "1e999"'],
    ["unreadable", { low: "oops" }, 'low must be a number: it is "oops"'],
    ["unreadable", { close: "" }, 'close must be a number: it is ""'],
    ["unreadable", { open_time: 1714521660 }, "open_time must be in ms or us since 1970"],
    ["negative", { low: 0 }, "low must be above 0: current value is 0"],
    ["negative", { volume: -1 }, "volume must be 0 or more: current value is -1"],
    ["ohlc", { low: 100.5 }, "low must be the lowest and high the highest price"],
    ["ohlc", { high: 100.5 }, "low must be the lowest and high the highest price"],
    ["misaligned", { open_time: minute(1) + 1 }, "it must open on a full minute"],
    ["misaligned", { open_time: `${minute(1)}001` }, "it must open on a full minute"],
  ];
  test.each(faults)("%s: %j", async (kind, change, what) => {
    const path = writeLines("BTCUSDT-1m-x.csv", [
      ohlcvLine(0),
      ohlcvLine(1, change),
      ohlcvLine(2),
    ]);
    const { bars, quality } = await repairFiles(path);
    expect([...bars.open_time]).toEqual([minute(0), minute(2)]);
    expect(quality.rows).toBe(3);
    expect(quality.faults).toEqual([{
      kind,
      count: 1,
      examples: [{ file: path, line: 2, what: expect.stringContaining(what) }],
    }]);
    expect(quality.gaps).toEqual([{ from: minute(1), to: minute(2), minutes: 1 }]);
  });

  test("a row that was cut off", async () => {
    const { quality } = await repair(klineLine(0), klineLine(1).slice(0, 60));
    expect(quality.faults).toMatchObject([{ kind: "unreadable", examples: [{ line: 2 }] }]);
  });

  test("a kline of five minutes", async () => {
    const long = klineLine(1).replace(`${minute(1) + 59_999}`, `${minute(1) + 299_999}`);
    const { quality } = await repair(klineLine(0), long);
    expect(quality.faults[0]?.examples[0]?.what).toBe(
      "a kline must be of one minute: it lasts 300000 ms",
    );
  });

  test("of rows that contradict each other the first stands", async () => {
    const first = writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(0), ohlcvLine(1)]);
    const second = writeLines("BTCUSDT-1m-b.csv", [ohlcvLine(1, { close: 101.5 }), ohlcvLine(2)]);
    const { bars, quality } = await repairFiles(first, second);
    expect([...bars.close]).toEqual([101, 101, 101]);
    expect(quality.repaired.duplicates).toBe(0);
    expect(quality.faults).toEqual([{
      kind: "conflict",
      count: 1,
      examples: [{
        file: second,
        line: 1,
        what: "2024-05-01T00:01:00.000Z: close is 101.5 where an earlier row has 101",
      }],
    }]);
  });

  test("many faults are all counted, and the first ones named", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => ohlcvLine(i, i > 0 ? { low: 200 } : {}));
    const { quality } = await repair(...lines);
    expect(quality.faults[0]?.count).toBe(299);
    expect(quality.faults[0]?.examples).toHaveLength(20);
  });

  test("a file of something else is refused, not reported", async () => {
    await expect(repair("time,price", "1,2")).rejects.toThrow("columns must be open_time");
    await expect(repair("1,2,3")).rejects.toThrow("there must be 6 or 12 columns: there are 3");
  });
});

describe("gaps and quiet minutes", () => {
  test("missing minutes are named from the first to the one after the last", async () => {
    const { quality } = await repair(...[0, 1, 4, 5, 9].map((i) => ohlcvLine(i)));
    expect(quality.gaps).toEqual([
      { from: minute(2), to: minute(4), minutes: 2 },
      { from: minute(6), to: minute(9), minutes: 3 },
    ]);
  });

  test("a run without volume ends with a trade, with a gap and with the history", async () => {
    const quiet = (i: number) => ohlcvLine(i, { volume: 0 });
    const { quality } = await repair(quiet(0), ohlcvLine(1), quiet(2), quiet(3), quiet(5));
    expect(quality.zeroVolume).toEqual([
      { from: minute(0), to: minute(1), minutes: 1 },
      { from: minute(2), to: minute(4), minutes: 2 },
      { from: minute(5), to: minute(6), minutes: 1 },
    ]);
  });

  test("a history without bars has neither", async () => {
    const { quality } = await repair("open_time,open,high,low,close,volume");
    expect(quality).toMatchObject({ rows: 0, bars: 0, gaps: [], zeroVolume: [] });
    expect(quality.from).toBeUndefined();
  });

  const HALT = "klines/BTCUSDT-spot-1m-ohlcv-20230316-20230324.csv.gz";
  realDataTest("the halt of 2023-03-24 is found in real bars", [HALT], async () => {
    const { quality } = await repairFiles(sharedData(HALT));
    expect(quality.gaps).toEqual([]);
    expect(quality.faults).toEqual([]);
    expect(quality.zeroVolume).toEqual([{
      from: Date.parse("2023-03-24T11:28Z"),
      to: Date.parse("2023-03-24T12:40Z"),
      minutes: 72,
    }]);
  });
});

/** Minutes in any order, some of them again, with one price a minute. */
const minutes = fc.array(fc.nat(60), { minLength: 1, maxLength: 80 });

describe("whatever order and repetition rows come in", () => {
  const load = (indices: readonly number[]) => {
    const rows = createBarRows("BTCUSDT", "spot");
    rows.startFile("a.csv");
    indices.forEach((i, line) => rows.add([minute(i), 100 + i, 102 + i, 99, 101 + i, i], line + 1));
    return repairBars(rows);
  };

  test("each minute is there once, in order, with its own numbers", () => {
    fc.assert(fc.property(minutes, (indices) => {
      const { bars } = load(indices);
      const expected = [...new Set(indices)].sort((a, b) => a - b);
      expect([...bars.open_time]).toEqual(expected.map(minute));
      expect([...bars.open]).toEqual(expected.map((i) => 100 + i));
    }));
  });

  test("every row is a bar, a duplicate or a fault; every minute is a bar or missing", () => {
    const numbers = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 98, max: 101 })));
    fc.assert(fc.property(numbers, (given) => {
      const rows = createBarRows("BTCUSDT", "spot");
      rows.startFile("a.csv");
      given.forEach(([i, low], line) => rows.add([minute(i), 100, 102, low, 101, 1], line + 1));
      const { bars, repaired, faults, gaps, from, to } = repairBars(rows).quality;
      const left = faults.reduce((sum, { count }) => sum + count, 0);
      expect(bars + repaired.duplicates + left).toBe(given.length);
      const span = from === undefined || to === undefined ? 0 : (to - from) / 60_000 + 1;
      expect(bars + countMinutes(gaps)).toBe(span);
    }));
  });

  test("repairing what is repaired changes nothing", () => {
    fc.assert(fc.property(minutes, (indices) => {
      const { bars } = load(indices);
      const rows = createBarRows("BTCUSDT", "spot");
      rows.startFile("b.csv");
      for (let i = 0; i < bars.open_time.length; i++) {
        rows.add(Object.values(bars).map((column) => column[i] ?? NaN), i + 1);
      }
      const again = repairBars(rows);
      expect(again.bars).toEqual(bars);
      expect(again.quality.repaired).toEqual({ duplicates: 0, outOfOrder: 0, microseconds: 0 });
    }));
  });
});
