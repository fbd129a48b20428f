import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { trainClassic, trainVolatility, writeModel } from "../../notebooks/support/train_model.ts";
import { randomBars } from "../core-wasm/support.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FROM = Date.UTC(2024, 0, 1);

/** Files of contiguous minutes with a gap of one minute between them. */
function writeHistory(folder: string, lengths: readonly number[]): readonly string[] {
  let next = FROM;
  return lengths.map((minutes, i) => {
    const lines = randomBars(minutes, i + 1).map((bar, t) =>
      [next + t * 60_000, bar.open, bar.high, bar.low, bar.close, bar.volume].join(",")
    );
    next += (minutes + 1) * 60_000;
    const path = join(folder, `ABCUSDT-1m-${i}.csv`);
    writeFileSync(path, lines.join("\n") + "\n");
    return path;
  });
}

/** Trains by the command, and returns the text of the artifact. */
function trainByTask(bars: readonly string[], preset: string): string {
  const task = join(temporaryFolder(), "task.json");
  const { status, stderr } = spawnSync(process.execPath, [
    ...["run", "-A", "models/training/command.ts", "--bars", ...bars, "--out", task],
    ...["--preset", preset, "--no-final"],
    ...(preset === "classic" ? ["--seed", "3"] : []),
  ], { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return readFileSync(task, "utf8");
}

test("a notebook's classic model equals that of deno task train, byte for byte", async () => {
  const bars = writeHistory(temporaryFolder(), [6_000, 4_500]);
  vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
  const expected = trainByTask(bars, "classic");
  const training = await trainClassic({ bars, seed: 3, final: false });
  expect(training.sequences.length).toBe(2);
  expect(training.artifact.scorecard.walk_forward).toBeDefined();
  const path = join(temporaryFolder(), "new", "notebook.json");
  expect(readFileSync(await writeModel(training, path), "utf8")).toBe(expected);
});

test("a notebook's volatility model equals that of deno task train, byte for byte", async () => {
  const bars = writeHistory(temporaryFolder(), [12_000, 6_000]);
  vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
  const expected = trainByTask(bars, "volatility");
  const training = await trainVolatility({ bars, final: false });
  expect(training.sequences.length).toBe(2);
  expect(training.artifact.training.rows).toBe(18_000);
  const path = join(temporaryFolder(), "new", "notebook.json");
  expect(readFileSync(await writeModel(training, path), "utf8")).toBe(expected);
});
