import type { Clock } from "./clock.ts";

/** Waits between attempts: exponential, bounded, with jitter. */
export interface RetryPolicy {
  /** Bound of the first wait, ms; it doubles with each further wait. */
  readonly firstMs: number;
  /** Bound of every wait, ms. */
  readonly maxMs: number;
  /**
   * Share of the bound that is random, 0 to 1; 0.5 by default, so that a wait is at least half of
   * its bound and many clients do not return in step.
   */
  readonly jitter?: number;
}

/** Uniform on [0, 1). */
export type Random = () => number;

/** The waits of a policy, one after the other. */
export class Backoff {
  readonly #policy: RetryPolicy;
  readonly #random: Random;
  #waits = 0;

  constructor(policy: RetryPolicy, random: Random = Math.random) {
    this.#policy = policy;
    this.#random = random;
  }

  /** The wait before the next attempt, ms. */
  next(): number {
    const { firstMs, maxMs, jitter = 0.5 } = this.#policy;
    const bound = Math.min(maxMs, firstMs * 2 ** this.#waits++);
    return bound * (1 - jitter + jitter * this.#random());
  }

  /** Starts over. Call it when an attempt has proved good, not when it merely connected. */
  reset(): void {
    this.#waits = 0;
  }
}

/** What repeated attempts need. */
export interface RetryOptions {
  readonly policy: RetryPolicy;
  readonly clock: Pick<Clock, "monotonic" | "sleep">;
  /** Ends the waiting when it aborts. */
  readonly signal?: AbortSignal;
  readonly random?: Random;
}

/**
 * The attempts at one task, for a loop that decides itself what a failure is:
 * `for (const attempts = new Attempts(options);; await attempts.wait()) { ... return ... }`.
 */
export class Attempts {
  readonly #options: RetryOptions;
  readonly #backoff: Backoff;
  #start: number;
  #failures = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.policy, options.random);
    this.#start = options.clock.monotonic();
  }

  /** Failed attempts since the start or the last progress, without the current attempt. */
  get failures(): number {
    return this.#failures;
  }

  /** Time since the start or the last progress, ms. */
  get elapsedMs(): number {
    return this.#options.clock.monotonic() - this.#start;
  }

  /** The task advanced, even if it is not complete: failures, waits and time start over. */
  progress(): void {
    this.#backoff.reset();
    this.#failures = 0;
    this.#start = this.#options.clock.monotonic();
  }

  /**
   * Counts the current attempt as failed and waits for the next one.
   *
   * @param ms The wait that the other side asked for, such as `Retry-After`; the policy's by default.
   * @throws The signal's reason as soon as the signal aborts.
   */
  async wait(ms?: number): Promise<void> {
    const { clock, signal } = this.#options;
    this.#failures++;
    await clock.sleep(ms ?? this.#backoff.next(), signal);
    signal?.throwIfAborted();
  }
}

/** Bounds of {@linkcode retry}. */
export interface RetryBounds {
  /** Attempts before the last error is thrown; without a bound by default. */
  readonly attempts?: number;
  /** Time since the start after which no further attempt is made, ms; without a bound by default. */
  readonly patienceMs?: number;
  /**
   * Called after each failure that is to be retried. It may throw to give up, and may return the
   * wait that the other side asked for, ms.
   */
  readonly onFailure?: (error: unknown, failures: number) => number | void;
}

/**
 * Repeats a task until it succeeds.
 *
 * @param task Called for each attempt.
 * @throws The task's last error once a bound is reached; the signal's reason when that aborts.
 */
export async function retry<T>(
  task: () => Promise<T>,
  { attempts: most = Infinity, patienceMs = Infinity, onFailure, ...options }:
    & RetryOptions
    & RetryBounds,
): Promise<T> {
  for (const attempts = new Attempts(options);;) {
    options.signal?.throwIfAborted();
    try {
      return await task();
    } catch (error) {
      options.signal?.throwIfAborted();
      const failures = attempts.failures + 1;
      if (failures >= most || attempts.elapsedMs >= patienceMs) throw error;
      await attempts.wait(onFailure?.(error, failures) ?? undefined);
    }
  }
}
