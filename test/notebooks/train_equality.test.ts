import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { trainModel, writeModel } from "../../notebooks/support/train_model.ts";
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

test(
  "a notebook's classic model equals that of deno task train, byte for byte",
  async () => {
    const folder = temporaryFolder();
    const bars = writeHistory(folder, [6_000, 4_500]);
    vi.stubEnv("SOURCE_DATE_EPOCH", "1700000000");
    const [task, notebook] = [join(folder, "task.json"), join(folder, "new", "notebook.json")];
    const { status, stderr } = spawnSync(process.execPath, [
      ...["run", "-A", "models/training/command.ts", "--bars", ...bars, "--out", task],
      ...["--seed", "3", "--no-final"],
    ], { cwd: ROOT, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });

    const training = await trainModel({ bars, seed: 3, final: false });
    await writeModel(training, notebook);
    expect(training.sequences.length).toBe(2);
    expect(training.artifact.scorecard.walk_forward).toBeDefined();
    expect(readFileSync(notebook, "utf8")).toBe(readFileSync(task, "utf8"));
  },
);
