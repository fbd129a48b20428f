import {
  computeFeatures,
  FEATURE_INPUTS,
  filterRows,
  smoothRows,
  warmUpBars,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { Artifact } from "../../models/artifact/read.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { barCount, type BarSequence } from "../../models/training/sequences.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";

/** What a model says of the bars of a sequence that it sees. */
export interface SeenBars {
  /** Open time of the first, ms UTC. */
  readonly start: number;
  /** Close prices. */
  readonly closes: Float64Array;
  /** Features as the model sees them, row after row. */
  readonly rows: Float64Array;
  readonly dims: number;
  /** P(regime | the bar and those before it), a number a regime. */
  readonly filtered: Float64Array;
  /** P(regime | all bars of the sequence): what hindsight says. */
  readonly smoothed: Float64Array;
  /** The filter's most probable regime. */
  readonly path: Uint8Array;
}

/** Lets a model look at a sequence, as the service would; the bars of its warm-up are left out. */
export function lookAt(
  { features, hmm }: Pick<Artifact, "features" | "hmm">,
  { start, bars }: BarSequence,
): SeenBars {
  const wasm = loadCore();
  const count = barCount({ start, bars });
  const seen = Math.min(warmUpBars(features), count);
  const { normalized, dims } = computeFeatures(wasm, features, bars, [count], [start]);
  const rows = normalized.subarray(seen * dims);
  const { posteriors } = filterRows(wasm, hmm, rows, [count - seen]);
  return {
    start: start + seen * MINUTE_MS,
    closes: bars.filter((_, i) => i % FEATURE_INPUTS.length === 3).subarray(seen),
    rows,
    dims,
    filtered: posteriors,
    smoothed: smoothRows(wasm, hmm, rows, [count - seen]),
    path: argmaxRows(posteriors, hmm.startprob.length),
  };
}

/** The first `minutes` of seen bars. */
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
