/** A worker that receives rows, then fits HMMs on them one after the other. */
import { fitHmm, type HmmFit, type HmmFitOptions } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { errorMessage } from "../../data/common/errors.ts";
import type { WorkerChannel } from "../../data/common/worker.ts";

/** The rows of all fits of a worker. */
export interface FitRows {
  /** Normalized features, row after row. */
  readonly rows: Float64Array;
  /** Features in a row. */
  readonly dims: number;
  /** Rows of each sequence. */
  readonly lengths: readonly number[];
}

/** A fit to run. */
export type FitJob = Omit<HmmFitOptions, "onIteration">;

/** A message to a worker: first its rows, then jobs. */
export type FitRequest = { readonly rows: FitRows } | { readonly job: FitJob };

/** A worker's reply to a job. */
export type FitReply = { readonly fit: HmmFit } | { readonly failure: string };

declare const self: WorkerChannel<FitRequest, FitReply>;

let received: FitRows | undefined;

function run(job: FitJob): FitReply {
  try {
    if (received === undefined) throw new Error("Cannot fit as rows must be sent before jobs");
    const { rows, dims, lengths } = received;
    return { fit: fitHmm(loadCore(), rows, dims, lengths, job) };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}

self.addEventListener("message", ({ data }) => {
  if ("rows" in data) received = data.rows;
  else self.postMessage(run(data.job));
});
