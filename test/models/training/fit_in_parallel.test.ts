import { expect, test, vi } from "vitest";
import { fitHmm } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import { fitInParallel } from "../../../models/training/fit_in_parallel.ts";
import { sampleHmm, TOY_HMM } from "../../core-wasm/support.ts";

const LENGTHS = [700, 500];
const ROWS = { rows: sampleHmm(TOY_HMM, LENGTHS, 1).rows, dims: 3, lengths: LENGTHS };
const JOBS = [0, 1, 2, 3, 4].map((restart) => ({ start: { states: 3, seed: 1, restart } }));

test.each([1, 2, 7])(
  "%i workers give the fits of one thread, in the order of the jobs",
  async (workers) => {
    const here = JOBS.map((job) => fitHmm(loadCore(), ROWS.rows, 3, LENGTHS, job));
    const seen: number[] = [];
    const fits = await fitInParallel(ROWS, JOBS, { workers, onFit: (done) => seen.push(done) });
    expect(fits).toEqual(here);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  },
);

test("workers end after the last fit or the first failure", async () => {
  const started = vi.fn();
  const ended = vi.fn();
  class CountedWorker extends Worker {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started();
    }

    override terminate(): void {
      super.terminate();
      ended();
    }
  }
  vi.stubGlobal("Worker", CountedWorker);
  try {
    await fitInParallel(ROWS, JOBS, { workers: 3 });
    expect([started, ended].map((count) => count.mock.calls.length)).toEqual([3, 3]);
    const broken = { start: { ...TOY_HMM, covars: TOY_HMM.covars.map(() => [[NaN]]) } };
    const fits = fitInParallel(ROWS, [...JOBS, broken], { workers: 2 });
    await expect(fits).rejects.toThrow(
      "must raise the log-likelihood: it went from NaN to NaN",
    );
    expect([started, ended].map((count) => count.mock.calls.length)).toEqual([5, 5]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("without jobs there are no fits", async () => {
  expect(await fitInParallel(ROWS, [])).toEqual([]);
});
