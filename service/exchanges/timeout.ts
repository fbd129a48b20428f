import type { Clock } from "../../data/common/clock.ts";

/**
 * Runs a task for a limited time.
 *
 * @param task Its signal aborts when the time is over, or when `signal` aborts.
 * @throws What the task throws; DOMException `TimeoutError` when the time is over; the signal's
 *   reason when that aborts.
 */
export async function withTimeout<T>(
  clock: Pick<Clock, "sleep">,
  ms: number,
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const attempt = new AbortController();
  const end = AbortSignal.any([signal, attempt.signal]);
  const timeout = async (): Promise<never> => {
    await clock.sleep(ms, end);
    throw new DOMException(`no answer within ${ms / 1000} s`, "TimeoutError");
  };
  try {
    return await Promise.race([task(end), timeout()]);
  } finally {
    attempt.abort();
  }
}
