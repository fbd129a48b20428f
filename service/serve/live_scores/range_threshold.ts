import type { MinuteNumbers } from "../../../data/schema/minute.ts";
import type { ScoringRules } from "./rules.ts";

/** Half-life of the smoothing, bars, and what keeps the log of a zero range finite: those of training. */
const HALF_LIFE = 10;
const FLOOR = 1e-5;
const WEIGHT = 1 - 0.5 ** (1 / HALF_LIFE);

/**
 * The plain rival of a forecast: a threshold with hysteresis on the smoothed log range, bar by bar.
 * It says the frequencies in training of the terciles at its level.
 */
export class RangeThreshold {
  readonly #rules: ScoringRules["baseline"];
  #smoothed = NaN;
  #level = 0;

  constructor(rules: ScoringRules["baseline"]) {
    this.#rules = rules;
  }

  /** Begins a new sequence with the next bar. */
  reset(): void {
    this.#smoothed = NaN;
  }

  /** Takes the next bar; returns the probabilities of the terciles. */
  push({ open, high, low }: Pick<MinuteNumbers, "open" | "high" | "low">): readonly number[] {
    const { up, down, table } = this.#rules;
    const range = Math.log((high - low) / open + FLOOR);
    if (Number.isNaN(this.#smoothed)) {
      this.#smoothed = range;
      // As in training, the first value is compared with the middles.
      this.#level = up.filter((border, i) => range > (border + (down[i] ?? NaN)) / 2).length;
    } else {
      this.#smoothed += WEIGHT * (range - this.#smoothed);
    }
    while (this.#level < up.length && this.#smoothed > (up[this.#level] ?? NaN)) this.#level++;
    while (this.#level > 0 && this.#smoothed < (down[this.#level - 1] ?? NaN)) this.#level--;
    return table[this.#level] ?? [];
  }
}
