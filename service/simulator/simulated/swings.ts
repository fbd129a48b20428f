import { DYNAMICS } from "./dynamics.ts";
import { hashText, Random } from "./random.ts";
import { DAY_MINUTES } from "../../../data/schema/time.ts";

/**
 * The slow swings of a market's log volatility, over weeks: a sum of oscillations with random
 * phases (Rice 1944), hence known at any time without the past.
 */
export class Swings {
  readonly #phases: readonly number[];

  constructor(symbol: string, seed: number) {
    const random = new Random();
    random.seed(seed, hashText(`${symbol} swings`), 0);
    this.#phases = DYNAMICS.swings.map(() => random.uniform());
  }

  /** The sum of the swings at a minute, counted from 1970-01-01: the log of a factor. */
  at(minute: number): number {
    let sum = 0;
    for (const [k, { period, deviation }] of DYNAMICS.swings.entries()) {
      const turns = minute / (DAY_MINUTES * period) + (this.#phases[k] ?? NaN);
      sum += Math.SQRT2 * deviation * Math.cos(2 * Math.PI * turns);
    }
    return sum;
  }
}
