import { type ClassicFeatures, computeFeatures } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FitRows } from "../training/fit_worker.ts";
import { barCount, type BarSequence, joinBars } from "../training/sequences.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import { RANGE_WARM_UP, smoothRange } from "./smoothed_range.ts";

/** Minutes of a forecast; a segment is longer. */
export const HORIZON = 15;

/** A half-open interval of time, ms UTC: the end is exclusive. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** Contiguous bars of a history. */
export interface Segment {
  /** Index of the first bar among the bars of all sequences. */
  readonly first: number;
  readonly length: number;
  /** Open time of the first bar, ms UTC. */
  readonly start: number;
}

/** History prepared for evaluation. Every value is causal: it depends on the bar and earlier ones. */
export interface EvaluationHistory {
  /** Feature inputs of the bars of all sequences. */
  readonly bars: Float64Array;
  /** The model's features of each bar. */
  readonly rows: Float64Array;
  readonly dims: number;
  /** Smoothed log range, standardized by the week before. */
  readonly range: Float64Array;
  /** Smoothed log range. */
  readonly plainRange: Float64Array;
  /** The observed bars of each sequence: all but the warm-up. */
  readonly visible: readonly Segment[];
}

/**
 * Computes the features and baselines of all bars.
 *
 * The warm-up of the standardized range is left out for every model, so that the scorecards of all
 * presets are of the same bars.
 */
export function prepareHistory(
  sequences: readonly BarSequence[],
  features: ClassicFeatures,
): EvaluationHistory {
  const wasm = loadCore();
  const bars = joinBars(sequences);
  const lengths = sequences.map(barCount);
  const { normalized: rows, dims } = computeFeatures(wasm, features, bars, lengths);
  const range = smoothRange(bars, lengths);
  let first = 0;
  const visible = sequences.flatMap((sequence, i) => {
    const length = Math.max(0, (lengths[i] ?? 0) - RANGE_WARM_UP);
    first += lengths[i] ?? 0;
    const start = sequence.start + RANGE_WARM_UP * MINUTE_MS;
    // A shorter segment has no bar with a known outcome.
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

/** The observed bars of an interval, in order of time. */
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

/** The model's features of segments, as the input of a fit. */
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
  let offset = 0;
  for (const { first, length } of segments) {
    result.set(values.subarray(first * width, (first + length) * width), offset);
    offset += length * width;
  }
  return result;
}
