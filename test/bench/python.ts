/** The same work in Python, if it is installed. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { CoreBar, CoreHmm } from "../../core-wasm/core.ts";
import { type Figure, summarize } from "./measure.ts";

const SCRIPT = fileURLToPath(new URL("./python_side.py", import.meta.url));

/** Input of the Python benchmark. */
export interface PythonWork {
  readonly rows: Float64Array;
  readonly dims: number;
  readonly fitRows: number;
  readonly bars: readonly CoreBar[];
  readonly hmm: CoreHmm;
}

const times = z.array(z.number()).min(1);

const answerSchema = z.object({
  versions: z.record(z.string(), z.string()),
  /** Nanoseconds per repeat. */
  figures: z.object({
    forest_batch: times,
    forest_minute: times,
    forest_single: times,
    forest_fit: times,
    filter: times,
    e_step: times,
    step_lean: times,
    step_pandas: times,
  }),
});

/** Results of the Python benchmark. */
export interface PythonFigures {
  readonly versions: Readonly<Record<string, string>>;
  readonly figures: Readonly<Record<keyof z.infer<typeof answerSchema>["figures"], Figure>>;
}

/** A Python with the packages of test/reference/requirements.txt: `PYTHON`, `python3` or none. */
export function findPython(): string | undefined {
  const python = process.env["PYTHON"] ?? "python3";
  const { status } = spawnSync(python, ["-c", "import sklearn, hmmlearn, pandas"]);
  return status === 0 ? python : undefined;
}

/**
 * Runs the Python benchmark.
 *
 * @throws Error when Python fails.
 */
export function runPython(python: string, work: PythonWork): PythonFigures {
  const folder = mkdtempSync(join(tmpdir(), "microstream-bench-"));
  try {
    const file = join(folder, "work.json");
    writeFileSync(
      file,
      JSON.stringify({
        rows: Array.from(work.rows),
        dims: work.dims,
        fit_rows: work.fitRows,
        bars: work.bars.map(({ open, high, low, close, volume }) => [
          open,
          high,
          low,
          close,
          volume,
        ]),
        hmm: work.hmm,
      }),
    );
    const { status, stdout, stderr } = spawnSync(python, [SCRIPT, file], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`${python} ${SCRIPT} failed: ${stderr.trim()}`);
    const { versions, figures } = answerSchema.parse(JSON.parse(stdout));
    const figure = (name: string, unit: string, repeats: readonly number[], scale: number) =>
      summarize(`Python: ${name}`, unit, repeats.map((time) => time * scale));
    return {
      versions,
      figures: {
        forest_batch: figure("forest, batch", "ns per row", figures.forest_batch, 1),
        forest_minute: figure("forest, 500 rows", "ns per row", figures.forest_minute, 1),
        forest_single: figure("forest, one row", "ns per row", figures.forest_single, 1),
        forest_fit: figure("forest fit, 100 x 256", "ms per fit", figures.forest_fit, 1e-6),
        filter: figure("hmmlearn score", "ns per row", figures.filter, 1),
        // Measured per row, reported for as many rows as ours.
        e_step: figure("hmmlearn fit, 1 iteration", "ms per 500,000 rows", figures.e_step, 0.5),
        step_lean: figure("bar by bar, leanest", "us per bar", figures.step_lean, 1e-3),
        step_pandas: figure("bar by bar, pandas", "us per bar", figures.step_pandas, 1e-3),
      },
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
