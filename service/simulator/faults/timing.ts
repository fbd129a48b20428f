import type { Random } from "../simulated/random.ts";
import type { Instant, When } from "./plan.ts";

/** When a fault occurs, for a clock with a known start. */
export class Timing {
  readonly #start: number;
  /** Ms UTC, increasing. */
  readonly #at: readonly number[];
  readonly #every: number | undefined;
  readonly #lasting: number;

  /** @param start Exchange time at which the clock started, ms UTC. */
  constructor({ at = [], every, lasting = Infinity }: When, start: number) {
    const utc = (instant: Instant) => "utc" in instant ? instant.utc : start + instant.sinceStart;
    this.#start = start;
    this.#at = at.map(utc).sort((a, b) => a - b);
    this.#every = every;
    this.#lasting = lasting;
  }

  /** The first moment after a time, ms UTC; Infinity when there is none. */
  next(after: number): number {
    if (this.#every === undefined) return this.#at.find((time) => time > after) ?? Infinity;
    const passed = Math.max(0, Math.floor((after - this.#start) / this.#every));
    return this.#start + (passed + 1) * this.#every;
  }

  /** End of the period that contains a time, ms UTC; undefined when none does. */
  periodEnd(time: number): number | undefined {
    const begin = this.#lastBegin(time);
    return begin !== undefined && time < begin + this.#lasting ? begin + this.#lasting : undefined;
  }

  /** The periods that begin up to a time, ms UTC, in order; without times there is one from the start. */
  periods(until: number): readonly { readonly from: number; readonly to: number }[] {
    const isWhole = this.#every === undefined && this.#at.length === 0;
    const periods: { from: number; to: number }[] = [];
    for (
      let from = isWhole ? this.#start : this.next(-Infinity);
      from <= until;
      from = isWhole ? Infinity : this.next(from)
    ) {
      periods.push({ from, to: from + this.#lasting });
    }
    return periods;
  }

  #lastBegin(time: number): number | undefined {
    if (this.#every === undefined) {
      return this.#at.length === 0 ? this.#start : this.#at.findLast((begin) => begin <= time);
    }
    const passed = Math.floor((time - this.#start) / this.#every);
    return passed < 1 ? undefined : this.#start + passed * this.#every;
  }
}

/** Draws whether a fault occurs. */
export class Chance {
  readonly #timing: Timing | undefined;
  readonly #rate: number;
  readonly #random: Random;

  /** @param random Its own: no other fault draws from it. */
  constructor(when: When, start: number, random: Random) {
    const always = when.at === undefined && when.every === undefined;
    this.#timing = always ? undefined : new Timing(when, start);
    this.#rate = when.rate ?? 1;
    this.#random = random;
  }

  /** Whether it occurs at an exchange time, ms UTC. Draws only within its periods. */
  hits(time: number): boolean {
    if (this.#timing && this.#timing.periodEnd(time) === undefined) return false;
    return this.#random.uniform() < this.#rate;
  }

  /** Milliseconds until the end of the period that contains a time; Infinity without an end. */
  remaining(time: number): number {
    return (this.#timing?.periodEnd(time) ?? Infinity) - time;
  }
}
