import { expect, test } from "vitest";
import { readHistory } from "../../../models/training/train_on_files.ts";
import { klineLine, minute, ohlcvLine, writeLines } from "../../data/history_lines.ts";

test("a row that cannot be used ends a sequence, as a missing minute does, and is named", async () => {
  const short = klineLine(2).replace(`${minute(3) - 1}`, `${minute(2) + 14_838}`);
  const path = writeLines("BTCUSDT-1m-2018-01.csv", [
    klineLine(0),
    klineLine(1),
    short,
    klineLine(3).replace(`${minute(3)}`, `${minute(3) + 14_789}`).replace(
      `${minute(4) - 1}`,
      `${minute(4) + 14_788}`,
    ),
    klineLine(4),
  ]);
  const { sequences, dropped, rowErrors } = await readHistory([{ path, symbol: "BTCUSDT" }]);
  expect(sequences.map(({ start, bars }) => [start, bars.length / 5])).toEqual([
    [minute(0), 2],
    [minute(4), 1],
  ]);
  expect(dropped).toBe(0);
  expect(rowErrors).toMatchObject([
    { kind: "unreadable", count: 1, examples: [{ file: path, line: 3 }] },
    { kind: "misaligned", count: 1, examples: [{ file: path, line: 4 }] },
  ]);
});

test("a file that is mostly unusable is refused", async () => {
  const seconds = [0, 1, 2].map((i) => ohlcvLine(i, { open_time: minute(i) / 1000 }));
  const path = writeLines("BTCUSDT-1m-x.csv", seconds);
  await expect(readHistory([{ path, symbol: "BTCUSDT" }])).rejects.toThrow(
    `Cannot use ${path} as at least half of its rows must be klines: none of 3 can be used`,
  );
});

test("of files that have more, only the minutes of the blocks are used", async () => {
  const lines = Array.from({ length: 20 }, (_, i) => ohlcvLine(i, { volume: i }));
  const file = (part: readonly string[], name: string) => ({
    path: writeLines(`BTCUSDT-1m-${name}.csv`, part),
    symbol: "BTCUSDT",
  });
  const expected = await readHistory([
    file(lines.slice(2, 8), "a"),
    file(lines.slice(11, 16), "b"),
  ]);
  const blocks = [{ from: minute(2), to: minute(7) }, { from: minute(11), to: minute(15) }];
  const whole = [file(lines.slice(0, 5), "c"), file(lines.slice(5), "d")];
  expect(await readHistory(whole, undefined, blocks)).toEqual(expected);
});
