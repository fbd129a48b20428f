/** 2^-32: turns a 32-bit integer into a number in [0, 1). */
const TO_UNIT = 2 ** -32;

/** Calls that mix a fresh seed before the first number is used. */
const WARM_UP = 8;

/** Mixes a text into 32 bits (FNV-1a). */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/**
 * A seeded generator of random numbers: Chris Doty-Humphrey's sfc32 ("small fast counting", from
 * PractRand). Uses integer arithmetic only, so it gives the same numbers everywhere.
 */
export class Random {
  /** Three words of state and a counter; typed, so that they are never boxed. */
  readonly #state = new Int32Array(4);
  /** Second number of the last pair of normals; NaN when there is none. */
  #spare = NaN;

  /** Starts the sequence that belongs to three 32-bit integers. */
  seed(a: number, b: number, c: number): void {
    const state = this.#state;
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = 1;
    this.#spare = NaN;
    for (let i = 0; i < WARM_UP; i++) this.integer();
  }

  /** Uniform over the integers -2^31 to 2^31 - 1. */
  integer(): number {
    const state = this.#state;
    const b = state[1] ?? 0;
    const c = state[2] ?? 0;
    const counter = state[3] ?? 0;
    const sum = ((state[0] ?? 0) + b + counter) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + sum;
    state[3] = counter + 1;
    return sum;
  }

  /** Uniform in [0, 1). */
  uniform(): number {
    return this.integer() * TO_UNIT + 0.5;
  }

  /** Standard normal (Marsaglia's polar method). */
  normal(): number {
    if (!Number.isNaN(this.#spare)) {
      const spare = this.#spare;
      this.#spare = NaN;
      return spare;
    }
    for (;;) {
      const x = 2 * this.uniform() - 1;
      const y = 2 * this.uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt(-2 * Math.log(square) / square);
      this.#spare = y * factor;
      return x * factor;
    }
  }

  /**
   * Poisson with a mean >= 0; a rounded normal above 30, where the two hardly differ.
   */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count++;
    return count;
  }
}
