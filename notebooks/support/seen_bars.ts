import { computeFeatures, FEATURE_INPUTS, filterRows, smoothRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { HmmArtifact } from "../../models/artifact/read.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { barCount, type BarSequence } from "../../models/training/sequences.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

/** A model's output for the bars of a sequence at which it is ready. */
export interface SeenBars {
  /** Open time of the first bar, ms UTC. */
  readonly start: number;
  /** Close prices. */
  readonly closes: Float64Array;
  /** Normalized features, row after row. */
  readonly rows: Float64Array;
  readonly dims: number;
  /** P(regime | the bar and earlier ones), one number per regime. */
  readonly filtered: Float64Array;
  /** P(regime | all bars of the sequence), one number per regime. */
  readonly smoothed: Float64Array;
  /** The filter's most probable regime. */
  readonly path: Uint8Array;
}

/** Runs a model over a sequence like the service, which says nothing before the model is ready. */
export function lookAt(
  { features, hmm }: Pick<HmmArtifact, "features" | "hmm">,
  { start, bars }: BarSequence,
): SeenBars {
  const wasm = loadCore();
  const [stride, close] = [FEATURE_INPUTS.length, FEATURE_INPUTS.indexOf("close")];
  const count = barCount({ start, bars });
  const { normalized, dims } = computeFeatures(wasm, features, bars, [count]);
  const { posteriors } = filterRows(wasm, hmm, normalized, [count]);
  const states = hmm.startprob.length;
  // The filter begins before the model is ready.
  const silent = Math.min(count, features.windows.rolling - 1);
  const filtered = posteriors.subarray(silent * states);
  return {
    start: start + silent * MINUTE_MS,
    closes: bars.filter((_, i) => i % stride === close).subarray(silent),
    rows: normalized.subarray(silent * dims),
    dims,
    filtered,
    smoothed: smoothRows(wasm, hmm, normalized, [count]).subarray(silent * states),
    path: argmaxRows(filtered, states),
  };
}

/** The first `minutes` of them. */
export function firstMinutes(seen: SeenBars, minutes: number): SeenBars {
  const count = Math.min(minutes, seen.path.length);
  const states = seen.filtered.length / seen.path.length;
  return {
    ...seen,
    closes: seen.closes.subarray(0, count),
    rows: seen.rows.subarray(0, count * seen.dims),
    filtered: seen.filtered.subarray(0, count * states),
    smoothed: seen.smoothed.subarray(0, count * states),
    path: seen.path.subarray(0, count),
  };
}
