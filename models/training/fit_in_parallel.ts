import type { HmmFit } from "../../core-wasm/core.ts";
import type { FitJob, FitReply, FitRequest, FitRows } from "./fit_worker.ts";

/** How fits run in parallel. */
export interface ParallelOptions {
  /** Most workers; the number of processors when absent. */
  readonly workers?: number | undefined;
  /** Called with the number of finished fits. */
  readonly onFit?: ((done: number) => void) | undefined;
}

/** Sends one job and waits for the answer. */
function request(worker: Worker, job: FitJob): Promise<HmmFit> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<FitReply>) => {
      if ("fit" in data) resolve(data.fit);
      else reject(new Error(data.failure));
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(`Cannot run a worker: ${event.message}`));
    };
    worker.postMessage({ job } satisfies FitRequest);
  });
}

/**
 * Fits HMMs on the same rows in parallel workers. A fit depends only on its job, so the results are
 * the same for any number of workers.
 *
 * @returns The fits, in the order of the jobs.
 * @throws Error of the first fit that fails.
 */
export async function fitInParallel(
  rows: FitRows,
  jobs: readonly FitJob[],
  { workers = navigator.hardwareConcurrency, onFit }: ParallelOptions = {},
): Promise<readonly HmmFit[]> {
  const fits = new Map<number, HmmFit>();
  const waiting = jobs.entries();
  const pool: Worker[] = [];
  const work = async (worker: Worker): Promise<void> => {
    worker.postMessage({ rows } satisfies FitRequest);
    // The workers share the iterator: each takes the next waiting job.
    for (const [i, job] of waiting) {
      fits.set(i, await request(worker, job));
      onFit?.(fits.size);
    }
  };
  try {
    while (pool.length < Math.min(Math.max(workers, 1), jobs.length)) {
      pool.push(new Worker(new URL("./fit_worker.ts", import.meta.url), { type: "module" }));
    }
    await Promise.all(pool.map(work));
  } finally {
    for (const worker of pool) worker.terminate();
  }
  return jobs.flatMap((_, i) => fits.get(i) ?? []);
}
