import { warmUpBars, computeFeatures, type CoreFeatures } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FitRows } from "../training/fit_worker.ts";
import { PRESETS } from "../training/presets.ts";
import { barCount, type BarSequence, joinBars } from "../training/sequences.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { HORIZON } from "./horizon.ts";
import { smoothRange } from "./smoothed_range.ts";

/** Times from one to another, ms UTC; the end is exclusive. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Contiguous bars of a history: places among the bars of all sequences. */
export interface Segment {
  readonly first: number;
  readonly length: number;
  /** Open time of the first, ms UTC. */
  readonly start: number;
}

/** History as the evaluation sees it: every value is causal, of the bar and those before it. */
export interface EvaluationHistory {
  /** Bars of all sequences, in the core's columns. */
  readonly bars: Float64Array;
  /** The model's features of each bar. */
  readonly rows: Float64Array;
  readonly dims: number;
  /** Smoothed log range against the prior window of the liquidity preset. */
  readonly range: Float64Array;
  /** Log range with nothing but the same smoothing. */
  readonly plainRange: Float64Array;
  /** What can be seen of each sequence, by the model and by the baselines. */
  readonly visible: readonly Segment[];
}

/**
 * Computes what an evaluation needs of the bars, in one pass over each sequence.
 *
 * Bars that the liquidity preset does not see are left out whatever the model, so that the
 * scorecards of all presets are of the same bars.
 */
export function prepareHistory(
  sequences: readonly BarSequence[],
  features: CoreFeatures,
): EvaluationHistory {
  const wasm = loadCore();
  const bars = joinBars(sequences);
  const lengths = sequences.map(barCount);
  const { normalized: rows, dims } = computeFeatures(
    wasm,
    features,
    bars,
    lengths,
    sequences.map(({ start }) => start),
  );
  const liquidity = PRESETS.liquidity.features(0);
  if (liquidity.preset !== "liquidity") throw new Error("The liquidity preset is another's");
  const range = smoothRange(bars, lengths, liquidity.windows);
  const blind = Math.max(warmUpBars(features), warmUpBars(liquidity));
  let first = 0;
  const visible = sequences.flatMap((sequence, i) => {
    const length = Math.max(0, (lengths[i] ?? 0) - blind);
    first += lengths[i] ?? 0;
    const start = sequence.start + blind * MINUTE_MS;
    // A shorter run has no bar whose outcome is known.
    return length > HORIZON ? { first: first - length, length, start } : [];
  });
  return {
    bars,
    rows,
    dims,
    range: range.standardized,
    plainRange: range.plain,
    visible: visible.sort((a, b) => a.start - b.start),
  };
}

/** What can be seen in an interval, in the order of time. */
export function selectSegments(
  visible: readonly Segment[],
  { from, to }: Interval,
): readonly Segment[] {
  return visible.flatMap(({ first, length, start }) => {
    const skipped = Math.max(0, Math.ceil((from - start) / MINUTE_MS));
    const end = Math.min(length, Math.ceil((to - start) / MINUTE_MS));
    if (skipped >= end) return [];
    return {
      first: first + skipped,
      length: end - skipped,
      start: start + skipped * MINUTE_MS,
    };
  });
}

/** The model's features of segments, as fits take them. */
export function gatherRows(
  { rows, dims }: EvaluationHistory,
  segments: readonly Segment[],
): FitRows {
  return { rows: gather(rows, segments, dims), dims, lengths: segments.map((s) => s.length) };
}

/** The values of segments, one after the other. */
export function gather(
  values: Float64Array,
  segments: readonly Segment[],
  width = 1,
): Float64Array {
  const result = new Float64Array(width * segments.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const { first, length } of segments) {
    result.set(values.subarray(first * width, (first + length) * width), place);
    place += length * width;
  }
  return result;
}
