import { DAY_MINUTES } from "../../../data/schema/time.ts";
import { MEAN_SQUARE } from "./dynamics.ts";
import { EPOCH_MINUTE } from "./epoch.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import { hashText, Random } from "./random.ts";
import { SEASONALITY } from "./seasonality.ts";
import type { Swings } from "./swings.ts";

/** The log price returns to its base with this half-life, days. */
const HALF_LIFE_DAYS = 30;
const KEPT = 2 ** (-1 / HALF_LIFE_DAYS);

/** Days after which a day's move is forgotten: a thousandth of it is left. */
const MEMORY_DAYS = 10 * HALF_LIFE_DAYS;

const SEASON_SQUARE = SEASONALITY.volatility.reduce((sum, x) => sum + x * x, 0) /
  SEASONALITY.volatility.length;

/**
 * The prices of a market at the midnights of UTC: the log follows a first-order autoregression by
 * day, whose steps are as large as the day's minutes are on average. It is the sum of the last
 * days' moves, so that no midnight needs those before it.
 */
export class MidnightPrices {
  readonly #swings: Swings;
  readonly #seed: number;
  readonly #stream: number;
  /** Typical volatility of a day. */
  readonly #volatility: number;
  readonly #random = new Random();

  constructor({ symbol, volatility }: SimulatedInstrument, seed: number, swings: Swings) {
    this.#swings = swings;
    this.#seed = seed;
    this.#stream = hashText(`${symbol} midnights`);
    this.#volatility = volatility * Math.sqrt(DAY_MINUTES * SEASON_SQUARE * MEAN_SQUARE);
  }

  /** Log of the price over the instrument's base price at the start of a day, counted from the epoch. */
  at(day: number): number {
    let sum = 0;
    for (let t = day - MEMORY_DAYS; t < day; t++) sum = KEPT * sum + this.#move(t);
    return sum;
  }

  #move(day: number): number {
    this.#random.seed(this.#seed, this.#stream, day);
    const middle = EPOCH_MINUTE + (day + 0.5) * DAY_MINUTES;
    return this.#volatility * Math.exp(this.#swings.at(middle)) * this.#random.normal();
  }
}
