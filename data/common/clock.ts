import { delay } from "./std/delay.ts";

/** Time, injected wherever it decides something, so that tests can control it. */
export interface Clock {
  /** Wall clock, ms UTC. It may jump, in either direction. */
  now(): number;
  /** Monotonic clock, ms. Only differences mean something. */
  monotonic(): number;
  /**
   * Waits.
   *
   * @throws The signal's reason as soon as the signal aborts.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => delay(ms, { signal }),
};
