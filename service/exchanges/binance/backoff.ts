/** Waiting times between attempts: exponential with full jitter, bounded. */
export class Backoff {
  readonly #baseMs: number;
  readonly #maxMs: number;
  readonly #random: () => number;
  #attempts = 0;

  /**
   * @param baseMs Bound of the first wait, doubled with each further one.
   * @param maxMs Bound of every wait.
   * @param random Uniform on [0, 1).
   */
  constructor(baseMs: number, maxMs: number, random: () => number = Math.random) {
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
    this.#random = random;
  }

  /** The wait before the next attempt, ms; at least half of its bound, so that it never hammers. */
  next(): number {
    const bound = Math.min(this.#maxMs, this.#baseMs * 2 ** this.#attempts++);
    return bound * (0.5 + this.#random() / 2);
  }

  /** Starts over; to be called when an attempt has proved good, not when it merely connected. */
  reset(): void {
    this.#attempts = 0;
  }
}
