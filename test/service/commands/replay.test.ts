import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseSignal } from "../../../data/schema/parse.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const REPLAY = fileURLToPath(new URL("../../../service/commands/replay.ts", import.meta.url));
const START = Date.UTC(2024, 4, 1);

async function replay(...args: string[]) {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", REPLAY, ...args],
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  }).output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

/** Rows of one-minute klines with a price that walks up and down. */
function klines(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const open = 100 + Math.sin(i);
    const close = 100 + Math.sin(i + 1);
    const [low, high] = [Math.min(open, close) - 0.1, Math.max(open, close) + 0.1];
    return [START + i * 60_000, open, high, low, close, 1 + (i % 7)].join(",");
  });
}

function write(lines: readonly string[], name = "BTCUSDT-1m.csv"): { path: string; out: string } {
  const folder = temporaryFolder();
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n") + "\n");
  return { path, out: join(folder, "out.csv") };
}

test("gives one row a bar, the same numbers as CSV and as NDJSON", async () => {
  const { path, out } = write(klines(50));
  const ndjson = out.replace(".csv", ".ndjson");
  expect(await replay("--bars", path, "--out", out)).toMatchObject({ code: 0 });
  expect(await replay("--bars", path, "--out", ndjson)).toMatchObject({ code: 0 });
  const [header = "", ...rows] = readFileSync(out, "utf8").trimEnd().split("\n");
  const signals = readFileSync(ndjson, "utf8").trimEnd().split("\n").map(parseSignal);
  expect(rows).toHaveLength(50);
  expect(signals).toHaveLength(50);
  const column = (name: string) => {
    const at = header.split(",").indexOf(name);
    expect(at, name).toBeGreaterThanOrEqual(0);
    return rows.map((row) => row.split(",")[at]);
  };
  const cells = (field: (signal: Signal) => unknown) =>
    signals.map((signal) => String(field(signal) ?? ""));
  expect(column("normalized_momentum")).toEqual(cells((signal) => signal.normalized["momentum"]));
  expect(column("ready")).toEqual(rows.map((_, i) => String(i >= 19)));
  expect(column("have")).toEqual(rows.map((_, i) => i < 19 ? String(i + 1) : ""));
  expect(column("need")).toEqual(rows.map((_, i) => i < 19 ? "20" : ""));
  expect(column("regime_name")).toEqual(cells((signal) => signal.regime_name));
  expect(column("regime_name").map((name) => name !== "")).toEqual(rows.map((_, i) => i >= 19));
  const share = "regime_probabilities_normal_market";
  expect(column(share)).toEqual(cells((signal) => signal.regime_probabilities?.["normal_market"]));
  expect(column("models_volatility_have")).toEqual(rows.map((_, i) => String(i + 1)));
  expect(column("models_volatility_name")).toEqual(rows.map(() => ""));
});

test("a history too short for the volatility model has its columns all the same, empty", async () => {
  const header = async (...models: readonly string[]) => {
    const { path, out } = write(klines(3));
    const args = models.length === 0 ? [] : ["--model", ...models];
    expect(await replay("--bars", path, ...args, "--out", out)).toMatchObject({ code: 0 });
    const [names = "", ...rows] = readFileSync(out, "utf8").trimEnd().split("\n");
    const places = names.split(",");
    const level = places.findIndex((name) => name.endsWith("forecast_15_quantiles_2_5"));
    expect(rows.map((row) => row.split(",")[level])).toEqual(["", "", ""]);
    return places;
  };
  const beside = await header();
  expect(beside).toContain("models_volatility_forecast_15_quantiles_2_5");
  expect(beside).toContain("models_volatility_against_week_probabilities_turbulent");
  const alone = await header("models/volatility.json");
  expect(alone).toEqual(expect.arrayContaining(["forecast_15_quantiles_2_5", "features_week"]));
  expect(alone.filter((name) => /^(models|normalized)/.test(name))).toEqual([]);
});

test("repeated bars and unusable rows are left out, counted and named", async () => {
  const [first = "", ...rest] = klines(20);
  const impossible = `${START + 20 * 60_000},0,1,0,1,1`;
  const { path, out } = write([first, first, ...rest, impossible]);
  const { code, stderr } = await replay("--bars", path, "--out", out);
  expect(code).toBe(0);
  expect(stderr).toContain("20 rows in");
  expect(stderr).toContain(
    `left out: 1 row, a number below its range\n  ${path}:22: open must be above 0`,
  );
  expect(stderr).toContain("left out: 1 bars not later than the one before");
});

test("bars are in the order of time, in whichever order the files and their rows are", async () => {
  const lines = klines(30);
  const sorted = write(lines);
  await replay("--bars", sorted.path, "--out", sorted.out);
  const late = write(lines.slice(12).reverse());
  const early = write([...lines.slice(5, 12), ...lines.slice(0, 5)]);
  const { stderr } = await replay("--bars", late.path, early.path, "--out", late.out);
  expect(stderr).toMatch(/^30 rows in/);
  expect(readFileSync(late.out, "utf8")).toBe(readFileSync(sorted.out, "utf8"));
});

test.each([
  ["no rows at all", "BTCUSDT-1m.csv", [""], "it must hold klines: it has no rows"],
  ["a malformed zip", "BTCUSDT-1m.zip", ["PK"], "it must be a complete zip archive"],
  ["klines of five minutes", "BTCUSDT-5m.csv", [
    `${START},1,2,1,1,1,${START + 299_999},1,1,1,1,0`,
  ], "a kline must last 60000 ms: current value is 300000 ms"],
])("%s is an error, and no file is left behind", async (_, name, lines, message) => {
  const { path, out } = write(lines, name);
  const { code, stderr } = await replay("--bars", path, "--out", out);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(readdirSync(join(out, ".."))).toEqual([name]);
});

test("unusable trades are left out, counted and named, and never folded into a bar", async () => {
  const row = (id: number, price: number, quantity: number) =>
    `${id},${price},${quantity},${id},${id},${START + id * 1000},true`;
  const bad = [row(2, 0, 1), row(3, -1, 1), row(4, 1, -5)];
  const sound = [row(5, 1, 1), row(6, 1, 1), row(7, 1, 1)];
  const { path, out } = write([...bad, ...sound], "BTCUSDT-aggTrades.csv");
  const { code, stderr } = await replay("--trades", path, "--out", out);
  expect(code).toBe(0);
  expect(stderr).toContain("left out: 3 rows, a number below its range");
  expect(stderr).toContain(`${path}:3: quantity must be above 0: current value is -5`);
  expect(readFileSync(out, "utf8").trimEnd().split("\n")[1]).toContain(",1,1,1,1,3,");

  const { path: worse } = write([...bad, row(5, 1, 1)], "BTCUSDT-aggTrades.csv");
  const refused = await replay("--trades", worse, "--out", `${out}.csv`);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain(
    `Cannot use ${worse} as at least half of its rows must be trades: 3 of 4 cannot be used`,
  );
  expect(existsSync(`${out}.csv`)).toBe(false);
});

test("trades in any order are all in the bars; what is missing or doubled is named", async () => {
  const row = (id: number, raw: number) => `${id},1,1,${raw},${raw},${START + raw * 30_000},true`;
  const rows = [row(1, 1), row(11, 11), row(2, 2), row(12, 12), row(3, 3), row(13, 13), row(4, 2)];
  const { path, out } = write([...rows, row(1, 1)], "BTCUSDT-aggTrades.csv");
  const { code, stderr } = await replay("--trades", path, "--out", out);
  expect(code).toBe(0);
  expect(stderr).toContain(`left out: 1 row, contradicting an earlier row, which is kept
  ${path}:7: raw trades 2 to 2 of id 4 are, in whole or in part, in an earlier row
passed over: 1 row, repeating an earlier one
missing: 7 raw trades at 1 place; the minutes there are incomplete
  ${path}:2: raw trades 4 to 10 are missing before it
`);
  const [header = "", ...lines] = readFileSync(out, "utf8").trimEnd().split("\n");
  const volume = header.split(",").indexOf("volume");
  expect(lines.map((line) => Number(line.split(",")[volume]))).toEqual([1, 2, 1, 2]);
  expect(lines.every((line) => line.includes(",incomplete,"))).toBe(true);
});

test.each([
  [["--out", "x.csv"], "--bars or --trades must be given"],
  [
    ["--bars", "BTCUSDT-none.csv", "--out", "x.csv"],
    "Cannot read BTCUSDT-none.csv as there is no such file",
  ],
  [
    ["--bars", "deno.json", "--trades", "deno.json", "--out", "x.csv"],
    "option '--bars <file...>' cannot be used with option '--trades <file...>'",
  ],
  [
    ["--bars", "deno.json", "--out", "x.txt"],
    "--out must be a file name that ends in .csv or .ndjson",
  ],
  [
    ["--bars", "deno.json", "--symbol", "a b", "--out", "x.csv"],
    "--symbol must be a market's name such as BTCUSDT",
  ],
  [
    ["--bars", "deno.json", "--symbol", "AB", "--model", "deno.json", "--out", "x.csv"],
    "deno.json:",
  ],
])("%j is a wrong call: one line, exit code 2", async (args, message) => {
  const { code, stderr } = await replay(...args);
  expect(code).toBe(2);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  expect(stderr).toContain(message);
});

describe("--out is never an input, under any name", () => {
  test("the same file, by a symbolic or a hard link, and a model", async () => {
    const { path } = write(klines(20));
    const folder = dirname(path);
    const before = readFileSync(path, "utf8");
    const [symbolic, hard] = [join(folder, "symbolic.csv"), join(folder, "hard.csv")];
    symlinkSync(path, symbolic);
    linkSync(path, hard);
    for (
      const out of [path, join(folder, ".", "..", basename(folder), basename(path)), symbolic, hard]
    ) {
      const { code, stderr } = await replay("--bars", path, "--out", out);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^--out must be another file than the input .*\n$/);
    }
    expect(readFileSync(path, "utf8")).toBe(before);
  });

  test("a folder as a file, and a folder that is missing", async () => {
    const { path } = write(klines(20));
    const folder = dirname(path);
    mkdirSync(join(folder, "x.csv"));
    for (
      const [args, message] of [
        [["--bars", path, "--out", join(folder, "x.csv")], "--out must be a file and no folder"],
        [
          ["--bars", path, "--out", join(folder, "no/x.csv")],
          "--out must be in a folder that exists",
        ],
        [["--bars", join(folder, "x.csv"), "--out", join(folder, "y.csv")], "as it is a folder"],
      ] as const
    ) {
      const { code, stderr } = await replay(...args);
      expect([code, stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
      expect(stderr).toContain(message);
    }
  });
});
