import { MINUTE_MS } from "../../../data/schema/time.ts";

/** What a request is for; the later in this list, the sooner it has to stand back. */
export const PURPOSES = ["repair", "history", "audit"] as const;

/** What a request is for. */
export type Purpose = typeof PURPOSES[number];

/**
 * The exchange allows 6,000 a minute and address (rest-api.md, "LIMITS"); the rest is left to the
 * user's other programs. Repairs may use what warm-up leaves, warm-up what audits leave.
 */
const CEILINGS: Readonly<Record<Purpose, number>> = { repair: 5000, history: 4000, audit: 1500 };

/**
 * The request weight used in the present minute, shared by all that ask the exchange. The minute is
 * the exchange's: its own count, told with each answer, is believed where it is higher.
 */
export class WeightBudget {
  readonly #now: () => number;
  #minute = 0;
  #used = 0;

  /** @param now This machine's clock, ms UTC. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Weight used in the present minute. */
  get used(): number {
    this.#turn();
    return this.#used;
  }

  /**
   * Takes weight out of the budget.
   *
   * @returns 0 when it is taken, else how long to wait before asking again, ms.
   */
  take(weight: number, purpose: Purpose): number {
    this.#turn();
    if (this.#used + weight > CEILINGS[purpose]) return MINUTE_MS - (this.#now() % MINUTE_MS);
    this.#used += weight;
    return 0;
  }

  /** Heeds the exchange's own count of the present minute. */
  told(used: number): void {
    this.#turn();
    this.#used = Math.max(this.#used, used);
  }

  #turn(): void {
    const minute = Math.floor(this.#now() / MINUTE_MS);
    if (minute === this.#minute) return;
    this.#minute = minute;
    this.#used = 0;
  }
}
