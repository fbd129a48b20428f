import type { CoreHmm, HmmFit } from "../core-wasm/core.ts";
import { fitInParallel } from "./fit_in_parallel.ts";
import type { FitRows } from "./fit_worker.ts";

/** Rows that random starts are tried on. */
const SEARCH_ROWS = 60_000;
/** Contiguous rows that are taken together, so that dwell times survive the sampling. */
const SEGMENT_ROWS = 1_000;
/** Convergence of the random starts, nats a row. */
const SEARCH_TOLERANCE = 1e-6;
/** Starts whose log-likelihoods a row differ by less have found the same optimum. */
const SAME_OPTIMUM = 1e-4;
/** Most optima of the sample that are fitted on all rows. */
const FINALISTS = 2;
/** An optimum that is worse by more, nats a row, is worse not only on the sample. */
const OUT_OF_REACH = 0.02;
/** Convergence of the fit on all rows, nats a row. */
const FINAL_TOLERANCE = 1e-9;

/** How the best HMM is searched for. */
export interface HmmSearchOptions {
  readonly states: number;
  readonly seed: number;
  /** Number of random starts. */
  readonly restarts: number;
  /** Most workers at a time; the machine's processors when absent. */
  readonly workers?: number | undefined;
  /** Called as fits come to an end. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a search found. */
export interface HmmSearch {
  readonly best: HmmFit;
  /** The random starts in their order; log-likelihoods are a row. */
  readonly restarts: readonly (Omit<HmmFit, "hmm" | "logLikelihood"> & {
    readonly logLikelihoodPerRow: number;
  })[];
}

/** Evenly spaced segments of the sequences, about `SEARCH_ROWS` in all. */
function sampleSegments(all: FitRows): FitRows {
  const { rows, dims, lengths } = all;
  const count = rows.length / dims;
  const stride = Math.floor(count / SEARCH_ROWS);
  if (stride < 2) return all;
  const segments: Float64Array[] = [];
  let first = 0;
  let number = 0;
  for (const length of lengths) {
    for (let done = 0; done < length; done += SEGMENT_ROWS) {
      const end = first + Math.min(done + SEGMENT_ROWS, length);
      if (number++ % stride === 0) segments.push(rows.subarray((first + done) * dims, end * dims));
    }
    first += length;
  }
  const sample = new Float64Array(segments.reduce((sum, segment) => sum + segment.length, 0));
  let place = 0;
  for (const segment of segments) {
    sample.set(segment, place);
    place += segment.length;
  }
  return { rows: sample, dims, lengths: segments.map((segment) => segment.length / dims) };
}

/** The best fits, without those that found the optimum of a better one or are far behind. */
function pickFinalists(fits: readonly HmmFit[], rows: number): CoreHmm[] {
  const ranked = [...fits].sort((a, b) => b.logLikelihood - a.logLikelihood);
  const distinct = ranked.filter((fit, i) => {
    const lag = (better: HmmFit | undefined) =>
      ((better?.logLikelihood ?? Infinity) - fit.logLikelihood) / rows;
    return lag(ranked[i - 1]) > SAME_OPTIMUM && (i === 0 || lag(ranked[0]) < OUT_OF_REACH);
  });
  return distinct.slice(0, FINALISTS).map((fit) => fit.hmm);
}

/**
 * Fits a Gaussian HMM from many random starts in parallel workers: all of them on a sample of
 * segments, then the best ones, where they differ, on all rows. The result does not depend on the
 * number of workers.
 */
export async function searchHmm(all: FitRows, options: HmmSearchOptions): Promise<HmmSearch> {
  const { states, seed, restarts, workers, onProgress } = options;
  const total = restarts + FINALISTS;
  const sample = sampleSegments(all);
  const sampleRows = sample.rows.length / sample.dims;
  const starts = Array.from({ length: restarts }, (_, restart) => ({
    start: { states, seed, restart },
    tolerance: SEARCH_TOLERANCE,
  }));
  const tried = await fitInParallel(sample, starts, {
    workers,
    onFit: (done) => onProgress?.(done, total),
  });
  const finalists = pickFinalists(tried, sampleRows).map((start) => ({
    start,
    tolerance: FINAL_TOLERANCE,
  }));
  const finals = await fitInParallel(all, finalists, {
    workers,
    onFit: (done) => onProgress?.(restarts + done, total),
  });
  onProgress?.(total, total);
  return {
    best: finals.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a)),
    restarts: tried.map(({ iterations, converged, logLikelihood }) => ({
      logLikelihoodPerRow: logLikelihood / sampleRows,
      iterations,
      converged,
    })),
  };
}
