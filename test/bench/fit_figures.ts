/** Benchmarks of whole fits. */
import type { CoreBar } from "../../core-wasm/core.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { fitModel } from "../../models/training/fit.ts";
import { flattenBars } from "../core-wasm/support.ts";
import { type Figure, now, summarize } from "./measure.ts";

/** One fit of a classic model, with restarts and in-sample scorecard. */
export async function measureModelFit(bars: readonly CoreBar[]): Promise<Figure> {
  const start = now();
  await fitModel({
    ...readParameters(),
    sequences: [{ start: Date.UTC(2025, 0), bars: flattenBars(bars) }],
    symbol: "RANDOM",
    market: "spot",
    seed: 1,
  });
  const rows = bars.length.toLocaleString("en-US");
  return summarize("fit of classic", `s per ${rows} bars`, [(now() - start) / 1e3]);
}
