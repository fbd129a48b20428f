/** Benchmarks of whole fits. */
import type { CoreBar } from "../../core-wasm/core.ts";
import { readParameters } from "../../models/training/parameters.ts";
import { fitModel } from "../../models/training/fit.ts";
import { type PresetName } from "../../models/training/presets.ts";
import { flattenBars } from "../core-wasm/support.ts";
import { type Figure, now, summarize } from "./measure.ts";

/** One fit of a preset's model, with restarts and in-sample scorecard. */
export async function measureModelFit(
  preset: PresetName,
  bars: readonly CoreBar[],
): Promise<Figure> {
  const start = now();
  await fitModel({
    ...readParameters(),
    preset,
    sequences: [{ start: Date.UTC(2025, 0), bars: flattenBars(bars) }],
    symbol: "RANDOM",
    market: "spot",
    seed: 1,
  });
  const rows = bars.length.toLocaleString("en-US");
  return summarize(`fit of ${preset}`, `s per ${rows} bars`, [(now() - start) / 1e3]);
}
