/** A worker that fits HMMs, one after the other, on the rows that it is given first. */
import { fitHmm, type HmmFit, type HmmFitOptions } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { errorMessage } from "../../data/common/errors.ts";

/** What all fits of a worker are made on. */
export interface FitRows {
  /** Normalized features, row after row. */
  readonly rows: Float64Array;
  /** Features in a row. */
  readonly dims: number;
  /** Rows of each sequence. */
  readonly lengths: readonly number[];
}

/** A fit to make. */
export type FitJob = Omit<HmmFitOptions, "onIteration">;

/** What a worker is told: its rows, then fits to make. */
export type FitRequest = { readonly rows: FitRows } | { readonly job: FitJob };

/** What a worker answers to each job. */
export type FitReply = { readonly fit: HmmFit } | { readonly failure: string };

let given: FitRows | undefined;

function answer(job: FitJob): FitReply {
  try {
    if (given === undefined) throw new Error("Cannot fit without rows");
    const { rows, dims, lengths } = given;
    return { fit: fitHmm(loadCore(), rows, dims, lengths, job) };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

self.addEventListener("message", ({ data }: MessageEvent<FitRequest>) => {
  if ("rows" in data) given = data.rows;
  else self.postMessage(answer(data.job));
});
