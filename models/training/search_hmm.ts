import type { CoreHmm, HmmFit } from "../../core-wasm/core.ts";
import { fitInParallel } from "./fit_in_parallel.ts";
import type { FitRows } from "./fit_worker.ts";

/** Rows of the random starts. */
const SEARCH_ROWS = 60_000;
/** Contiguous rows of a sampled segment, long enough to preserve dwell times. */
const SEGMENT_ROWS = 1_000;
/** Convergence of the random starts, nats per row. */
const SEARCH_TOLERANCE = 1e-6;
/** Starts whose log-likelihoods per row differ by less have found the same optimum. */
const SAME_OPTIMUM = 1e-4;
/** Most optima of the sample that are refined on all rows. */
const FINALISTS = 2;
/** An optimum that is worse by more, nats per row, is also worse on all rows. */
const MAX_LAG = 0.02;
/** Convergence of the fit on all rows, nats per row. */
const FINAL_TOLERANCE = 1e-9;

/** Settings of a search for the best HMM. */
export interface HmmSearchOptions {
  readonly states: number;
  readonly seed: number;
  /** Number of random starts. */
  readonly restarts: number;
  /** Most workers; the number of processors when absent. */
  readonly workers?: number | undefined;
  /** Called with the number of finished fits. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The result of a search. */
export interface HmmSearch {
  readonly best: HmmFit;
  /** The random starts in order; log-likelihoods are per row. */
  readonly restarts: readonly (Omit<HmmFit, "hmm" | "logLikelihood"> & {
    readonly logLikelihoodPerRow: number;
  })[];
}

/** Evenly spaced segments of the sequences, about `searchRows` rows in total. */
function sampleSegments(all: FitRows, searchRows: number): FitRows {
  const { rows, dims, lengths } = all;
  const count = rows.length / dims;
  const stride = Math.floor(count / searchRows);
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
  let offset = 0;
  for (const segment of segments) {
    sample.set(segment, offset);
    offset += segment.length;
  }
  return { rows: sample, dims, lengths: segments.map((segment) => segment.length / dims) };
}

/** The best fits, without repeated optima and those that lag far behind. */
function pickFinalists(fits: readonly HmmFit[], rows: number): CoreHmm[] {
  const ranked = [...fits].sort((a, b) => b.logLikelihood - a.logLikelihood);
  const distinct = ranked.filter((fit, i) => {
    const lag = (better: HmmFit | undefined) =>
      ((better?.logLikelihood ?? Infinity) - fit.logLikelihood) / rows;
    return lag(ranked[i - 1]) > SAME_OPTIMUM && (i === 0 || lag(ranked[0]) < MAX_LAG);
  });
  return distinct.slice(0, FINALISTS).map((fit) => fit.hmm);
}

/** Several concurrent searches on the same rows. */
export interface HmmSearches {
  readonly searches: readonly Pick<HmmSearchOptions, "states" | "seed" | "restarts">[];
  readonly workers?: number | undefined;
  readonly onProgress?: HmmSearchOptions["onProgress"];
  /** Convergence of the fits on all rows, nats per row; {@link FINAL_TOLERANCE} when absent. */
  readonly tolerance?: number;
  /** Rows of the random starts; {@link SEARCH_ROWS} when absent. */
  readonly searchRows?: number;
}

/** Splits a list into the items of each search. */
function divide<T>(items: readonly T[], counts: readonly number[]): T[][] {
  let first = 0;
  return counts.map((count) => items.slice(first, first += count));
}

/**
 * Fits Gaussian HMMs from many random starts in parallel workers: all starts on a sample of
 * segments, then the best distinct optima of each search on all rows. The results do not depend on
 * the number of workers.
 *
 * @returns The result of each search, in order.
 */
export async function searchHmms(
  all: FitRows,
  {
    searches,
    workers,
    onProgress,
    tolerance = FINAL_TOLERANCE,
    searchRows = SEARCH_ROWS,
  }: HmmSearches,
): Promise<readonly HmmSearch[]> {
  const starts = searches.flatMap(({ states, seed, restarts }) =>
    Array.from({ length: restarts }, (_, restart) => ({
      start: { states, seed, restart },
      tolerance: SEARCH_TOLERANCE,
    }))
  );
  const total = starts.length + FINALISTS * searches.length;
  const sample = sampleSegments(all, searchRows);
  const sampleRows = sample.rows.length / sample.dims;
  const fits = await fitInParallel(sample, starts, {
    workers,
    onFit: (done) => onProgress?.(done, total),
  });
  const tried = divide(fits, searches.map(({ restarts }) => restarts));
  const finalists = tried.map((some) => pickFinalists(some, sampleRows));
  const finals = await fitInParallel(all, finalists.flat().map((start) => ({ start, tolerance })), {
    workers,
    onFit: (done) => onProgress?.(starts.length + done, total),
  });
  onProgress?.(total, total);
  return divide(finals, finalists.map(({ length }) => length)).map((some, i) => ({
    best: some.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a)),
    restarts: (tried[i] ?? []).map(({ iterations, converged, logLikelihood }) => ({
      logLikelihoodPerRow: logLikelihood / sampleRows,
      iterations,
      converged,
    })),
  }));
}

/**
 * Fits one Gaussian HMM; see {@link searchHmms}.
 *
 * @throws Error of the first fit that fails.
 */
export async function searchHmm(all: FitRows, options: HmmSearchOptions): Promise<HmmSearch> {
  const { workers, onProgress, ...search } = options;
  const [found] = await searchHmms(all, { searches: [search], workers, onProgress });
  if (found === undefined) throw new Error("Cannot search as there must be one search: found none");
  return found;
}
