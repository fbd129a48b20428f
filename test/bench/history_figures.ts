/** Benchmarks of a year of history: loading into DuckDB, and features. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Figure, summarize } from "./measure.ts";
import { writeMonths } from "./month_files.ts";

const REPEATS = 5;
const LOADER = fileURLToPath(new URL("history_load.ts", import.meta.url));

const loadSchema = z.object({
  rows: z.number(),
  gaps: z.literal(0),
  load: z.number(),
  query: z.number(),
  features: z.number(),
  peak_kib: z.number(),
});

/** Each load runs in a process of its own, including the start of DuckDB, like in a notebook. */
export async function measureHistory(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "microstream-bench-"));
  try {
    const files = await writeMonths(folder);
    const loads = Array.from({ length: REPEATS }, () => {
      const told = execFileSync(process.execPath, ["run", "-A", LOADER, ...files]);
      return loadSchema.parse(JSON.parse(told.toString()));
    });
    const rows = (loads[0]?.rows ?? 0).toLocaleString("en-US");
    const figure = (name: string, unit: string, of: (load: typeof loads[number]) => number) =>
      summarize(name, unit, loads.map(of));
    const seconds = `s per ${rows} bars`;
    return [
      figure("history, 12 zips to a table", seconds, ({ load }) => load / 1e3),
      figure("history, a query for all", seconds, ({ query }) => query / 1e3),
      figure("features of all, classic", seconds, ({ features }) => features / 1e3),
      figure("history, peak memory", "MiB a process", ({ peak_kib }) => peak_kib / 1024),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
