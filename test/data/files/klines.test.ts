import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { strToU8, zipSync } from "fflate";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { readKlines } from "../../../data/files/klines.ts";
import { type RowErrorKind, RowErrorLog } from "../../../data/files/row_errors.ts";
import type { Kline } from "../../../data/schema/kline.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { klineLine, minute, ohlcvLine, writeLines } from "../history_lines.ts";

/** For properties, which make many files within one test. */
const temporary = mkdtempSync(join(tmpdir(), "microstream-"));
afterAll(() => rmSync(temporary, { recursive: true }));

async function readAll(path: string) {
  const errors = new RowErrorLog();
  const chunks = await Array.fromAsync(readKlines(path, errors));
  return {
    klines: chunks.flatMap(({ rows }) => rows),
    lines: chunks.flatMap(({ lines }) => lines),
    microseconds: chunks.reduce((sum, chunk) => sum + chunk.microseconds, 0),
    rows: errors.rows,
    errors: errors.counts(),
  };
}

const read = (...lines: string[]) => readAll(writeLines("BTCUSDT-1m-x.csv", lines));

function write(name: string, content: string | Uint8Array): string {
  const path = join(temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const HEADER = "open_time,open,high,low,close,volume,close_time,quote_volume,count," +
  "taker_buy_volume,taker_buy_quote_volume,ignore";

/** A row of Binance's own file BTCUSDT-1m-2025-01.zip: microseconds, twelve columns, no header. */
const MICROSECOND_ROW =
  "1735689600000000,93576.00,93610.93,93537.50,93610.93,8.21827,1735689659999999,768978.36,2631,3.95157,369757.32,0";

const KLINE: Kline = {
  open_time: 1735689600000,
  open: 93576,
  high: 93610.93,
  low: 93537.5,
  close: 93610.93,
  volume: 8.21827,
  quote_volume: 768978.36,
  num_trades: 2631,
  taker_buy_volume: 3.95157,
  taker_buy_quote_volume: 369757.32,
};

describe("sound rows", () => {
  test.each([
    ["2024-05-01T00:00:00Z"],
    ["2024-05-01 00:00:00+00:00"],
    ["2024-05-01T02:00:00.000+0200"],
    ['"2024-04-30 19:00-05:00"'],
  ])("%s is a time, with a header and without", async (open_time) => {
    const row = ohlcvLine(0, { open_time });
    for (const lines of [["timestamp,open,high,low,close,volume", row], [row]]) {
      const { klines, errors } = await read(...lines, ohlcvLine(1));
      expect([klines.map((kline) => kline.open_time), errors]).toEqual([
        [minute(0), minute(1)],
        [],
      ]);
    }
  });

  test("a date that does not say its zone is refused", async () => {
    const lines = [0, 1].map((i) => ohlcvLine(i, { open_time: `2024-05-01 00:0${i}:00` }));
    await expect(read("timestamp,open,high,low,close,volume", ...lines)).rejects.toThrow(
      'from 2017 on, or a date with Z or an offset: current value is "2024-05-01 00:00:00"',
    );
  });

  test.each(["", "index", "Unnamed: 0", '""'])(
    "the index that pandas writes under %j is no column",
    async (index) => {
      const plain = await read(HEADER, klineLine(0), klineLine(1));
      const indexed = await read(`${index},${HEADER}`, `0,${klineLine(0)}`, `1,${klineLine(1)}`);
      expect(indexed).toEqual(plain);
      expect(indexed.klines).toHaveLength(2);
    },
  );

  test.each(["BTCUSDT-1m-a.csv", "BTCUSDT-1m-a.csv.gz", "BTCUSDT-1m-a.zip"])(
    "%s is read with all columns, its microseconds as milliseconds",
    async (name) => {
      expect(await readAll(writeLines(name, [MICROSECOND_ROW]))).toEqual({
        klines: [KLINE],
        lines: [1],
        microseconds: 1,
        rows: 1,
        errors: [],
      });
    },
  );

  test("a header is passed over, and OHLCV rows lack the other columns", async () => {
    const path = write("a.csv", `Open_time,Open,High,Low,Close,Volume\r\n${ohlcvLine(0)}`);
    const { klines, lines } = await readAll(path);
    expect(klines).toEqual([
      { open_time: minute(0), open: 100, high: 102, low: 99, close: 101, volume: 7 },
    ]);
    expect(lines).toEqual([2]);
  });

  test("a column beyond the volume may be empty; its value is absent", async () => {
    const { klines } = await read(klineLine(0).replace("705.5", ""));
    expect(klines[0]).not.toHaveProperty("quote_volume");
    expect(klines[0]).toMatchObject({ volume: 7, num_trades: 12, taker_buy_quote_volume: 402 });
  });

  test("fields may be quoted", async () => {
    const quoted = (line: string) => line.split(",").map((field) => `"${field}"`).join(",");
    const { klines } = await read(quoted(HEADER), quoted(MICROSECOND_ROW));
    expect(klines).toEqual([KLINE]);
  });

  test.each(["\n", "\r\n", "\r"])("lines may end with %j, and blank ones count", async (end) => {
    const path = write("a.csv", [HEADER, klineLine(0), "", klineLine(1)].join(end));
    const { klines, lines } = await readAll(path);
    expect(klines.map(({ open_time }) => open_time)).toEqual([minute(0), minute(1)]);
    expect(lines).toEqual([2, 4]);
  });

  test("the files of an archive are read each by itself", async () => {
    const path = write(
      "BTCUSDT-1m-a.zip",
      zipSync({
        "a.csv": strToU8(`${HEADER}\n${klineLine(0)}\n${klineLine(1)}`),
        "b.csv": strToU8(`${ohlcvLine(2)}\n${ohlcvLine(3, { low: 200 })}`),
      }),
    );
    const { klines, errors } = await readAll(path);
    expect(klines.map(({ open_time }) => open_time)).toEqual([0, 1, 2].map(minute));
    expect(errors[0]?.examples).toMatchObject([{ file: `${path}/b.csv`, line: 2 }]);
  });

  test("rows stay in the order of the file, repeated ones included", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60), { minLength: 1, maxLength: 80 }), async (indices) => {
        const path = join(temporary, "BTCUSDT-1m-x.csv");
        writeFileSync(path, indices.map((i) => ohlcvLine(i, { volume: i })).join("\n"));
        const { klines } = await readAll(path);
        expect(klines.map(({ open_time }) => open_time)).toEqual(indices.map(minute));
      }),
      { numRuns: 20 },
    );
  });
});

describe("unusable rows", () => {
  const cases: readonly [RowErrorKind, Record<string, string | number>, string][] = [
    ["not_finite", { high: "NaN" }, 'high must be a number: current value is "NaN"'],
    ["not_finite", { volume: "1e999" }, 'volume must be a number: current value is "1e999"'],
    ["unreadable", { low: "oops" }, 'low must be a number: current value is "oops"'],
    ["unreadable", { close: "" }, 'close must be a number: current value is ""'],
    ["unreadable", { volume: " " }, 'volume must be a number: current value is " "'],
    ["unreadable", { open_time: 1714521660 }, "open_time must be in ms or us, from 2017 on"],
    ["unreadable", { open_time: `${minute(1)}000000` }, "open_time must be in ms or us"],
    ["negative", { low: 0 }, "low must be above 0: current value is 0"],
    ["negative", { volume: -1 }, "volume must be 0 or more: current value is -1"],
    ["ohlc", { low: 100.5 }, "low must be the lowest and high the highest price"],
    ["ohlc", { high: 100.5 }, "low must be the lowest and high the highest price"],
    ["misaligned", { open_time: minute(1) + 1 }, "it must open on a full minute"],
    ["misaligned", { open_time: `${minute(1)}001` }, "it must open on a full minute"],
  ];
  test.each(cases)("%s: %j", async (kind, change, what) => {
    const path = writeLines("BTCUSDT-1m-x.csv", [
      ohlcvLine(0),
      ohlcvLine(1, change),
      ohlcvLine(2),
    ]);
    const { klines, lines, rows, errors } = await readAll(path);
    expect(klines.map(({ open_time }) => open_time)).toEqual([minute(0), minute(2)]);
    expect(lines).toEqual([1, 3]);
    expect(rows).toBe(3);
    expect(errors).toEqual([{
      kind,
      count: 1,
      examples: [{ file: path, line: 2, what: expect.stringContaining(what) }],
    }]);
  });

  test.each([
    [
      "a kline cut short by maintenance",
      klineLine(1).replace(`${minute(1) + 59_999}`, "1714521674838"),
      "a kline must last 60000 ms: current value is 14839 ms",
    ],
    [
      "a kline of five minutes",
      klineLine(1).replace(`${minute(1) + 59_999}`, `${minute(6) - 1}`),
      "a kline must last 60000 ms: current value is 300000 ms",
    ],
    ["a header in the middle", HEADER, "a header must be the first line"],
    ["a row that was cut off", klineLine(1).slice(0, 30), "there must be 12 columns"],
    ["a row of OHLCV only", ohlcvLine(1), "there must be 12 columns: current number is 6"],
    ["text", "Not Found", "there must be 12 columns: current number is 1"],
  ])("%s is left out", async (_what, line, what) => {
    const { klines, errors } = await read(klineLine(0), line, klineLine(2));
    expect(klines.map(({ open_time }) => open_time)).toEqual([minute(0), minute(2)]);
    expect(errors).toMatchObject([{ kind: "unreadable", count: 1, examples: [{ line: 2 }] }]);
    expect(errors[0]?.examples[0]?.what).toContain(what);
  });

  test("a first row that was cut off does not decide how many columns there are", async () => {
    const { klines } = await read("1,2,3", klineLine(0), klineLine(1));
    expect(klines).toHaveLength(2);
  });

  test("all are counted, and the first ones named", async () => {
    const lines = Array.from({ length: 100 }, (_, i) => ohlcvLine(i, i % 2 ? { low: 200 } : {}));
    const { errors } = await read(...lines);
    expect(errors[0]?.count).toBe(50);
    expect(errors[0]?.examples).toHaveLength(20);
  });

  test("every row is a kline or an error, in any mixture", async () => {
    const row = fc.tuple(
      fc.nat(60),
      fc.constantFrom<Record<string, string | number>>(
        {},
        {},
        { low: 200 },
        { open: "x" },
        { volume: -1 },
        { open_time: 12 },
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 40 }), async (rows) => {
        const path = join(temporary, "BTCUSDT-1m-y.csv");
        const sound = Array.from({ length: rows.length + 1 }, (_, i) => ohlcvLine(i));
        const given = rows.map(([i, change]) => ohlcvLine(i, change));
        writeFileSync(path, [...sound, ...given].join("\n"));
        const { klines, rows: read, errors } = await readAll(path);
        const left = errors.reduce((sum, { count }) => sum + count, 0);
        expect(klines.length + left).toBe(read);
        expect(read).toBe(sound.length + given.length);
        const bad = rows.filter(([, change]) => Object.keys(change).length > 0).length;
        expect(left).toBe(bad);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a file is refused in one line", () => {
  test("when more than half of its rows cannot be used", async () => {
    const bad = (i: number) => ohlcvLine(i, { open_time: minute(i) / 1000 });
    const path = writeLines("BTCUSDT-1m-x.csv", [ohlcvLine(0), bad(1), bad(2)]);
    await expect(readAll(path)).rejects.toThrow(
      `Cannot use ${path} as at least half of its rows must be klines: 2 of 3 cannot be used, ` +
        `the first being ${path}:2: open_time must be in ms or us, from 2017 on, or a date with Z or an offset: ` +
        `current value is "`,
    );
    expect((await read(ohlcvLine(0), bad(1))).klines).toHaveLength(1);
  });

  test("when no row can be used, as of times in nanoseconds", async () => {
    const lines = [0, 1].map((i) => ohlcvLine(i, { open_time: `${minute(i)}000000` }));
    await expect(read(...lines)).rejects.toThrow("none of 2 can be used");
  });

  test("when it has no rows", async () => {
    for (const lines of [[], [HEADER]]) {
      const path = writeLines("BTCUSDT-1m-x.csv", lines);
      await expect(readAll(path)).rejects.toThrow(
        `Cannot use ${path} as it must hold klines: it has no rows`,
      );
    }
  });

  test("when its header is of something else", async () => {
    const path = writeLines("BTCUSDT-1m-x.csv", ["time,close,volume", "1,2,3"]);
    await expect(readAll(path)).rejects.toThrow(
      `Cannot use ${path} as its header must be open_time,open,high,low,close,volume and, where ` +
        `known, Binance's further columns: current value is "time,close,volume"`,
    );
  });
});
