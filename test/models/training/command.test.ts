import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseArtifact, requireHmm } from "../../../models/artifact/read.ts";
import { randomBars } from "../../core-wasm/support.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));

function train(args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["run", "-A", "models/training/command.ts", ...args],
    { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", ...env } },
  );
  return { status, stdout, stderr };
}

function writeHistory(folder: string, name: string, minutes: number, first: number): string {
  const path = join(folder, name);
  const rows = randomBars(minutes, first).map((b, i) =>
    [Date.UTC(2024, 0, first) + i * 60_000, b.open, b.high, b.low, b.close, b.volume].join(",")
  );
  writeFileSync(path, rows.join("\n") + "\n");
  return path;
}

test("training on history writes a model and prints its scorecard", () => {
  const folder = temporaryFolder();
  // Two contiguous days and a separate one.
  const days = [[1_440, 1], [360, 2], [200, 4]] as const;
  const files = days.map(([minutes, day]) =>
    writeHistory(folder, `ABCUSDT-1m-${day}.csv`, minutes, day)
  );
  const out = join(folder, "mine.json");
  const { status, stdout, stderr } = train(
    ["--bars", ...files, "--out", out, "--seed", "7", "--window", "10", "--name", "mine"],
    { HMM_N_COMPONENTS: "2" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("mine: 2000 bars of ABCUSDT in 2 sequences");
  expect(stdout).toContain("bullish");
  expect(stdout).toContain("no walk-forward part: the history has 0 bars");
  const artifact = parseArtifact(readFileSync(out, "utf8"), out);
  expect(artifact).toMatchObject({
    name: "mine",
    features: { windows: { rolling: 10 } },
    hmm: { labels: ["Bearish", "Bullish"] },
    training: { symbol: "ABCUSDT", market: "spot", seed: 7 },
  });
  expect(readdirSync(folder).length).toBe(4);
});

test("the same history, seed and SOURCE_DATE_EPOCH give the same files, byte for byte", () => {
  const folder = temporaryFolder();
  const bars = writeHistory(folder, "ABCUSDT-1m.csv", 30_880, 1);
  const run = (name: string) => {
    const [out, card] = [join(folder, `${name}.json`), join(folder, `${name}.md`)];
    const { status, stderr } = train(
      ["--bars", bars, "--out", out, "--card", card, "--states", "2", "--no-final"],
      { SOURCE_DATE_EPOCH: "1700000000" },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    return [out, card].map((path) => readFileSync(path, "utf8"));
  };
  const [artifact, card] = run("one");
  expect(run("two")).toEqual([artifact, card]);
  const { created, scorecard } = requireHmm(parseArtifact(artifact ?? "", "one.json"));
  expect(created).toBe("2023-11-14T22:13:20.000Z");
  expect(scorecard.walk_forward?.folds?.parts).toHaveLength(1);
  expect(scorecard.walk_forward?.final).toBeUndefined();
  expect(card).toContain("# Model card: classic");
});

test("the volatility preset is trained on one market and tested on others, with a card", () => {
  const folder = temporaryFolder();
  const bars = writeHistory(folder, "ABCUSDT-1m.csv", 16_000, 1);
  const other = writeHistory(folder, "XYZUSDT-1m.csv", 11_000, 1);
  const [out, card] = [join(folder, "v.json"), join(folder, "v.md")];
  const { status, stdout, stderr } = train(
    ["--preset", "volatility", "--bars", bars, "--test", other, "--out", out, "--card", card],
    { SOURCE_DATE_EPOCH: "1700000000" },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("volatility: 16000 bars of ABCUSDT in 1 sequences");
  const artifact = parseArtifact(readFileSync(out, "utf8"), out);
  expect(artifact).toMatchObject({
    name: "volatility",
    created: "2023-11-14T22:13:20.000Z",
    features: { preset: "volatility" },
    training: { symbol: "ABCUSDT", rows: 16_000 },
    scorecard: { shock: { runs: [{ symbol: "ABCUSDT" }, { symbol: "XYZUSDT" }] } },
  });
  expect(readFileSync(card, "utf8")).toContain("# Model card: volatility");
});

test("help is printed", () => {
  const { status, stdout } = train(["--help"]);
  expect(status).toBe(0);
  expect(stdout).toContain("Usage: deno task train [options]");
});

test("wrong arguments are refused in one line with exit code 2, and nothing is written", () => {
  const folder = temporaryFolder();
  const bars = writeHistory(folder, "ABCUSDT.csv", 10, 1);
  const out = join(folder, "x.json");
  const cases: [string[], string, Record<string, string>?][] = [
    [["--out", out], "required option '--bars <file...>' not specified"],
    [["--bars", bars], "required option '--out <file.json>' not specified"],
    [["--bars", "nowhere.csv", "--out", out], "Cannot read nowhere.csv as there is no such file"],
    [
      ["--bars", bars, "--out", join(folder, "no", "x.json")],
      "--out must be in a folder that exists",
    ],
    [
      ["--bars", bars, "--out", out, "--card", join(folder, "no", "x.md")],
      "--card must be in a folder",
    ],
    [["--bars", bars, "--out", out], "SOURCE_DATE_EPOCH must be a whole number from 0 to", {
      SOURCE_DATE_EPOCH: "yesterday",
    }],
    [["--bars", bars, "--out", out, "--preset", "x"], "--preset must be one of classic"],
    [
      ["--bars", bars, "--out", out, "--test", bars],
      "--test must be given with --preset volatility",
    ],
    [
      ["--bars", bars, "--out", out, "--preset", "volatility", "--states", "3"],
      "--states must be given with --preset classic: current value is 3",
    ],
    [["--bars", bars, "--out", out, "--market", "x"], "--market must be one of spot, usdm"],
    [["--bars", bars, "--out", out, "--seed", "1.5"], "--seed must be a whole number"],
    [["--bars", bars, "--out", out, "--name", "A B"], "--name must be"],
    [["--bars", bars, "--out", out, "--contamination", "0.9"], "--contamination must be a number"],
    [["--bars", bars, "--out", out], "FEATURE_WINDOW_SIZE must be a whole number from 2 to", {
      FEATURE_WINDOW_SIZE: "one",
    }],
  ];
  for (const [args, message, env] of cases) {
    const { status, stdout, stderr } = train(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr.trim()).not.toContain("\n");
  }
  expect(readdirSync(folder)).toEqual(["ABCUSDT.csv"]);
});

test("too little history is refused with exit code 2, and nothing is written", () => {
  const folder = temporaryFolder();
  const bars = writeHistory(folder, "ABCUSDT.csv", 10, 1);
  const { status, stderr } = train(["--bars", bars, "--out", join(folder, "x.json")]);
  expect(status).toBe(2);
  expect(stderr).toBe(
    "Cannot fit a classic model as its bars must be at least 1440: " +
      "current value is 10 (see --help)\n",
  );
  expect(readdirSync(folder)).toEqual(["ABCUSDT.csv"]);
});

test("what would be lost is refused before any work: an input, a model by its card, other files", () => {
  const folder = temporaryFolder();
  const bars = writeHistory(folder, "ABCUSDT-1m.csv", 100, 1);
  const other = join(folder, "README.md");
  writeFileSync(other, "# Mine\n");
  const model = join(folder, "m.json");
  const before = readFileSync(bars, "utf8");
  for (
    const [args, message] of [
      [["--out", bars], "--out must be a new file or a model, which is replaced"],
      [["--out", other], "--out must be a new file or a model, which is replaced"],
      [["--out", model, "--card", other], "--card must be a new file or a model card"],
      [["--out", model, "--card", model], "--card must be another file than --out"],
      [["--out", folder], "--out must be a file and no folder"],
    ] as const
  ) {
    const { status, stderr } = train(["--bars", bars, ...args]);
    expect([status, stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
    expect(stderr).toContain(message);
  }
  expect(readdirSync(folder).sort()).toEqual(["ABCUSDT-1m.csv", "README.md"]);
  expect(readFileSync(bars, "utf8")).toBe(before);
  expect(readFileSync(other, "utf8")).toBe("# Mine\n");
});
