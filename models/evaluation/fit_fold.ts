import {
  type CoreForest,
  type CoreHmm,
  fitForest,
  fitHmm,
  MAX_STATES,
} from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { FitRows } from "../training/fit_worker.ts";
import { sortByMean } from "../training/canonical_order.ts";
import { searchHmms } from "../training/search_hmm.ts";
import type { HeldOut } from "../artifact/walk_forward.ts";
import { selectionCriteria } from "./criteria.ts";
import { fitMixture } from "./mixture.ts";

/** Random starts per fit. */
export const RESTARTS = 3;
/** Fits with different seeds, the model's included. */
export const REFITS = 3;
/** Convergence of the fits, nats per row: an evaluation does not need the last digits. */
const TOLERANCE = 1e-6;
/** Rows of the random starts. */
const SEARCH_ROWS = 20_000;

/** How the models of a fold are fitted. */
export interface FoldFitOptions {
  readonly states: number;
  readonly contamination: number;
  readonly seed: number;
  readonly workers?: number | undefined;
}

/** The models fitted on a fold's training bars. */
export interface FoldModels {
  /** The model, its states in canonical order. */
  readonly hmm: CoreHmm;
  readonly forest: CoreForest;
  /** The same model from other seeds. */
  readonly refits: readonly CoreHmm[];
  readonly gaussian: CoreHmm;
  /** A mixture without dynamics, as an HMM. */
  readonly mixture: CoreHmm;
  readonly fewerStates: CoreHmm;
  /** Absent when the model has the most states already. */
  readonly moreStates?: CoreHmm;
  readonly selection: HeldOut["selection"];
}

/** Fits a fold's model, its baselines and its re-fits with the procedure of the published model. */
export async function fitFold(train: FitRows, options: FoldFitOptions): Promise<FoldModels> {
  const { states, contamination, seed, workers } = options;
  const wasm = loadCore();
  const candidates = [states, states - 1, states + 1].filter((count) => count <= MAX_STATES);
  const found = await searchHmms(train, {
    searches: [
      ...candidates.map((count) => ({ states: count, seed, restarts: count === 1 ? 1 : RESTARTS })),
      ...Array.from(
        { length: REFITS - 1 },
        (_, i) => ({ states, seed: seed + i + 1, restarts: RESTARTS }),
      ),
    ],
    workers,
    tolerance: TOLERANCE,
    searchRows: SEARCH_ROWS,
  });
  const canonical = found.map(({ best }) => sortByMean(best.hmm, 0));
  const [hmm, fewerStates, ...others] = canonical;
  if (hmm === undefined || fewerStates === undefined) {
    throw new Error(
      `Cannot fit a fold as there must be 2 searches: current value is ${found.length}`,
    );
  }
  const refits = others.slice(candidates.length - 2);
  const moreStates = candidates.length > 2 ? others[0] : undefined;
  return {
    hmm,
    fewerStates,
    ...(moreStates && { moreStates }),
    refits,
    forest: fitForest(wasm, train.rows, train.dims, { seed, contamination }).forest,
    gaussian: fitHmm(wasm, train.rows, train.dims, train.lengths, {
      start: { states: 1, seed, restart: 0 },
    }).hmm,
    mixture: await fitMixture(train, { states, seed, workers }),
    selection: found
      .slice(0, candidates.length)
      .map(({ best }) => selectionCriteria(best.hmm, best.logLikelihood, train))
      .sort((a, b) => a.states - b.states),
  };
}
