import { join } from "node:path";
import { expect, test } from "vitest";
import { klineLine, ohlcvLine, writeLines } from "../history_lines.ts";

const MAIN = join(import.meta.dirname ?? ".", "../../../data/quality/command.ts");

async function run(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", MAIN, ...args],
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

test("the report names what was repaired, left out and is missing", async () => {
  const first = writeLines("BTCUSDT-1m-a.csv", [klineLine(1), klineLine(0), klineLine(2, true)]);
  const second = writeLines("BTCUSDT-1m-b.csv", [
    ohlcvLine(2),
    ohlcvLine(3, { high: "nan" }),
    ohlcvLine(2, { volume: 8 }),
    ohlcvLine(5, { volume: 0 }),
    ohlcvLine(6, { volume: 0 }),
  ]);
  const { code, stdout, stderr } = await run("--bars", first, second);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(
    `BTCUSDT spot: 5 bars from 8 rows of 2 files, 2024-05-01 00:00 to 2024-05-01 00:06 UTC
  repaired: 1 row repeated, dropped; 1 row out of order, sorted; 1 row in microseconds, converted
  left out: 1 row, a number that is not finite
    ${second}:2: high must be a number: current value is "nan"
  left out: 1 row, contradicting an earlier row, which is kept
    ${second}:3: 2024-05-01T00:02:00.000Z: volume is 8 where an earlier row has 7
  missing: 1 gap, 2 minutes
    2024-05-01 00:03 to 2024-05-01 00:05: 2 min
  without trades: 1 run, 2 minutes
    2024-05-01 00:05 to 2024-05-01 00:07: 2 min
`,
  );
});

test("a part of the day that the name says is not a whole file", async () => {
  const file = writeLines("BTCUSDT-1m-2024-05-01.csv", [ohlcvLine(0), ohlcvLine(1)]);
  expect((await run("--bars", file)).stdout).toContain(
    `1 file, 2024-05-01 00:00 to 2024-05-01 00:01 UTC
  missing at the ends: 1,438 minutes that the name of the file promises
    2024-05-01 00:02 to 2024-05-02 00:00: 24.0 h
`,
  );
});

test("the same as JSON", async () => {
  const { stdout } = await run("--json", "--bars", writeLines("BTCUSDT-1m-a.csv", [ohlcvLine(0)]));
  expect(JSON.parse(stdout)).toMatchObject({ bars: [{ symbol: "BTCUSDT", bars: 1 }], trades: [] });
});

test("trades: missing ones are named", async () => {
  const trade = (id: number) => `${id},1,1,${id},${id},${1714521600000 + id},true,true`;
  const file = writeLines("BTCUSDT-aggTrades-a.csv", [trade(1), trade(2), trade(7)]);
  const { stdout } = await run("--trades", file);
  expect(stdout).toContain(
    "missing: 4 raw trades in 1 hole\n    3 to 6, between 2024-05-01 00:00 and",
  );
});

test("trades: raw trades that are lost behind ids that continue are named", async () => {
  const file = writeLines("BTCUSDT-aggTrades-a.csv", [
    "1,1,1,10,12,1714521600000,true,true",
    "2,1,1,14,14,1714521600000,true,true",
  ]);
  const { stdout } = await run("--trades", file);
  expect(stdout).toContain("missing: 1 raw trade in 1 hole\n    13 to 13, between");
});

test("no files, or a missing one, is an error in one line with exit code 2", async () => {
  expect(await run()).toMatchObject({
    code: 2,
    stderr: "--bars, --trades or --journal must be given (see --help)\n",
  });
  for (const option of ["--bars", "--trades", "--journal"]) {
    expect(await run(option, "/nowhere/BTCUSDT-1m.csv")).toEqual({
      code: 2,
      stdout: "",
      stderr: "Cannot read /nowhere/BTCUSDT-1m.csv as there is no such file (see --help)\n",
    });
  }
});
