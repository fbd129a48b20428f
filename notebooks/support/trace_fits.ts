import { fitHmm } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";

/** One iteration of a traced fit. */
export interface TracedIteration {
  readonly start: number;
  readonly iteration: number;
  /** Nats per row. */
  readonly logLikelihood: number;
}

/**
 * Fits an HMM from random starts, like a training on fewer rows, and records each iteration.
 *
 * @param rows Features of contiguous bars, row after row.
 */
export function traceFits(
  rows: Float64Array,
  dims: number,
  { states, seed, starts }: { states: number; seed: number; starts: number },
): readonly TracedIteration[] {
  const wasm = loadCore();
  const traces: TracedIteration[] = [];
  for (let restart = 0; restart < starts; restart++) {
    fitHmm(wasm, rows, dims, [rows.length / dims], {
      start: { states, seed, restart },
      tolerance: 1e-7,
      maxIterations: 200,
      onIteration: (iteration, logLikelihood) =>
        traces.push({ start: restart + 1, iteration, logLikelihood }),
    });
  }
  return traces;
}
