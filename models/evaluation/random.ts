/** Multiplicative hash of splitmix32 (Steele, Lea and Flood 2014). */
function splitmix(state: number): number {
  let z = state | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return z ^ (z >>> 15);
}

const GOLDEN = 0x9e3779b9;

/** Seeded random numbers: sfc32 (Doty-Humphrey, PractRand). */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** @param seed An integer from 0. */
  constructor(seed: number) {
    const low = splitmix(seed + GOLDEN);
    this.#a = low;
    this.#b = splitmix(Math.floor(seed / 2 ** 32) + low);
    this.#c = splitmix(low + GOLDEN);
    for (let i = 0; i < 12; i++) this.#next();
  }

  /** A uniform integer from 0 to `end` - 1. */
  index(end: number): number {
    return Math.floor(this.#next() / 2 ** 32 * end);
  }

  #next(): number {
    const sum = (this.#a + this.#b + this.#counter++) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
