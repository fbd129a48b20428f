import { type CoreHmm, type CoreSource, fitHmm, type HmmFit } from "../core-wasm/core.ts";

/** Rows that random starts are tried on. */
const SEARCH_ROWS = 60_000;
/** Contiguous rows that are taken together, so that dwell times survive the sampling. */
const SEGMENT_ROWS = 1_000;
/** Convergence of the random starts, nats a row. */
const SEARCH_TOLERANCE = 1e-6;
/** Starts whose log-likelihoods a row differ by less have found the same optimum. */
const SAME_OPTIMUM = 1e-4;
/** Best distinct optima of the sample that are fitted on all rows. */
const FINALISTS = 2;

/** How the best HMM is searched for. */
export interface HmmSearchOptions {
  readonly states: number;
  readonly seed: number;
  /** Number of random starts. */
  readonly restarts: number;
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

interface Rows {
  readonly rows: Float64Array;
  readonly lengths: readonly number[];
}

/** Evenly spaced segments of the sequences, about `SEARCH_ROWS` in all. */
function sampleSegments({ rows, lengths }: Rows, dims: number): Rows {
  const count = rows.length / dims;
  const stride = Math.floor(count / SEARCH_ROWS);
  if (stride < 2) return { rows, lengths };
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
  return { rows: sample, lengths: segments.map((segment) => segment.length / dims) };
}

/** The best fits, without those that found the optimum of a better one. */
function pickFinalists(fits: readonly HmmFit[], rows: number): CoreHmm[] {
  const ranked = [...fits].sort((a, b) => b.logLikelihood - a.logLikelihood);
  const distinct = ranked.filter((fit, i) => {
    const better = ranked[i - 1];
    return better === undefined ||
      better.logLikelihood - fit.logLikelihood > SAME_OPTIMUM * rows;
  });
  return distinct.slice(0, FINALISTS).map((fit) => fit.hmm);
}

/**
 * Fits a Gaussian HMM from many random starts: all of them on a sample of segments, then the best
 * distinct ones on all rows.
 *
 * @param rows Normalized features, row after row.
 * @param dims Features in a row.
 * @param lengths Rows of each sequence.
 */
export function searchHmm(
  wasm: CoreSource,
  rows: Float64Array,
  dims: number,
  lengths: readonly number[],
  options: HmmSearchOptions,
): HmmSearch {
  const { states, seed, restarts, onProgress } = options;
  const sample = sampleSegments({ rows, lengths }, dims);
  const sampleRows = sample.rows.length / dims;
  const total = restarts + FINALISTS;
  const tried: HmmFit[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    tried.push(fitHmm(wasm, sample.rows, dims, sample.lengths, {
      start: { states, seed, restart },
      tolerance: SEARCH_TOLERANCE,
    }));
    onProgress?.(tried.length, total);
  }
  const finals: HmmFit[] = [];
  for (const start of pickFinalists(tried, sampleRows)) {
    finals.push(fitHmm(wasm, rows, dims, lengths, { start }));
    onProgress?.(restarts + finals.length, total);
  }
  onProgress?.(total, total);
  const best = finals.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  return {
    best,
    restarts: tried.map(({ iterations, converged, logLikelihood }) => ({
      logLikelihoodPerRow: logLikelihood / sampleRows,
      iterations,
      converged,
    })),
  };
}
