import { DAY_MINUTES } from "../../../data/schema/time.ts";
import { DYNAMICS, MEAN_ACTIVITY } from "./dynamics.ts";
import { EPOCH_MINUTE } from "./epoch.ts";
import type { SimulatedInstrument } from "./instruments.ts";
import { LruCache } from "./lru_cache.ts";
import type { RegimePaths } from "./regime_paths.ts";
import { REGIMES } from "./regimes.ts";
import { minuteOfWeek, SEASONALITY } from "./seasonality.ts";
import type { Swings } from "./swings.ts";

/** After so many days the number of trades is known without counting: that of the average. */
const CYCLE_DAYS = 28;

const CACHED_CYCLES = 2;

/** Activity of each regime. */
const ACTIVITY = Float64Array.from(REGIMES, ({ activity }) => activity);

/** Four weeks of a market's trades. */
interface Cycle {
  /** Ids at the midnights, the last one included. */
  readonly ids: Float64Array;
  /** Expected number of trades in a minute of activity 1. */
  readonly scale: number;
}

/**
 * The numbers of a market's aggregate trades at the midnights of UTC. Ids count trades, so that of
 * the present would follow from every trade before it. Therefore four weeks always have the same
 * number of trades, and each of their days the share that its hours, swings and regimes give it.
 */
export class TradeNumbers {
  readonly #swings: Swings;
  readonly #regimes: RegimePaths;
  readonly #perCycle: number;
  readonly #cycles = new LruCache<number, Cycle>(CACHED_CYCLES);

  constructor({ tradesPerMinute }: SimulatedInstrument, swings: Swings, regimes: RegimePaths) {
    this.#swings = swings;
    this.#regimes = regimes;
    this.#perCycle = Math.max(1, Math.round(tradesPerMinute * DAY_MINUTES * CYCLE_DAYS));
  }

  /** Id of the first trade from the start of a day on, counted from the epoch. */
  at(day: number): number {
    const cycle = Math.floor(day / CYCLE_DAYS);
    return this.#cycle(cycle).ids[day - cycle * CYCLE_DAYS] ?? NaN;
  }

  /** Expected number of trades in a minute of a day whose activity is 1, see `SEASONALITY`. */
  scale(day: number): number {
    return this.#cycle(Math.floor(day / CYCLE_DAYS)).scale;
  }

  /** Day of a trade, counted from the epoch. */
  dayOf(id: number): number {
    const cycle = Math.floor(id / this.#perCycle);
    return cycle * CYCLE_DAYS + this.#cycle(cycle).ids.findLastIndex((first) => first <= id);
  }

  #cycle(cycle: number): Cycle {
    return this.#cycles.get(cycle, () => {
      const first = cycle * CYCLE_DAYS;
      const path = this.#regimes.path(first, CYCLE_DAYS);
      const sums = new Float64Array(CYCLE_DAYS + 1);
      for (let day = 0; day < CYCLE_DAYS; day++) {
        const start = EPOCH_MINUTE + (first + day) * DAY_MINUTES;
        let activity = 0;
        const week = minuteOfWeek(start);
        for (let i = 0; i < DAY_MINUTES; i++) {
          activity += (SEASONALITY.activity[week + i] ?? NaN) *
            (ACTIVITY[path[day * DAY_MINUTES + i] ?? NaN] ?? NaN);
        }
        const swing = this.#swings.at(start + DAY_MINUTES / 2);
        sums[day + 1] = (sums[day] ?? NaN) +
          activity * Math.exp(DYNAMICS.activityByVolatility * swing);
      }
      const total = sums[CYCLE_DAYS] ?? NaN;
      return {
        ids: sums.map((sum) => cycle * this.#perCycle + Math.round(this.#perCycle * (sum / total))),
        scale: this.#perCycle / (total * MEAN_ACTIVITY),
      };
    });
  }
}
