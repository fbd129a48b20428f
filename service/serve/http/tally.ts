/** Counts what each of many holders holds, within a bound. */
export class Tally {
  readonly #held = new Map<string, number>();
  readonly #most: number;

  /** @param most Most that one may hold; 0: no bound. */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Takes one.
   *
   * @returns Gives it back, once; undefined when the holder has as many as it may.
   */
  take(holder: string): (() => void) | undefined {
    const held = this.#held.get(holder) ?? 0;
    if (this.#most > 0 && held >= this.#most) return undefined;
    this.#held.set(holder, held + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const left = (this.#held.get(holder) ?? 1) - 1;
      if (left > 0) this.#held.set(holder, left);
      else this.#held.delete(holder);
    };
  }
}
