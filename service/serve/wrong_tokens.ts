/** Pause after the first wrong token, and the longest one, ms. */
const FIRST_MS = 500;
const LONGEST_MS = 8000;
/** An address that tried none for so long is forgotten, ms. */
const FORGOTTEN_MS = 60_000;
/** Addresses that are remembered; beyond, the one that tried longest ago is forgotten. */
const MOST_ADDRESSES = 1000;

interface Tries {
  readonly count: number;
  readonly last: number;
}

/** Says how long an address that tried wrong tokens must wait for its answer. */
export class WrongTokens {
  /** In order of their last try. */
  readonly #tries = new Map<string, Tries>();

  /**
   * Counts a wrong token.
   *
   * @param now Monotonic time, ms.
   * @returns How long the answer must wait, ms.
   */
  pauseFor(address: string, now: number): number {
    const before = this.#tries.get(address);
    const known = before !== undefined && now - before.last < FORGOTTEN_MS;
    const count = known ? before.count + 1 : 1;
    this.#tries.delete(address);
    this.#tries.set(address, { count, last: now });
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > MOST_ADDRESSES && oldest !== undefined) this.#tries.delete(oldest);
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (count - 1));
  }
}
