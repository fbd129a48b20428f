import { DAY_MINUTES } from "../../../data/schema/time.ts";
import { hashText, Random } from "./random.ts";
import { nextRegime, REGIMES } from "./regimes.ts";

/** The regimes of a market, minute by minute, day by day. */
export class RegimePaths {
  readonly #seed: number;
  readonly #stream: number;
  readonly #random = new Random();

  constructor(symbol: string, seed: number) {
    this.#seed = seed;
    this.#stream = hashText(`${symbol} regimes`);
  }

  /**
   * Index into `REGIMES` of each minute of some days.
   *
   * @param first First day, counted from the epoch.
   */
  path(first: number, days: number): Uint8Array {
    const path = new Uint8Array(days * DAY_MINUTES);
    let regime = this.#before(first);
    for (let day = 0; day < days; day++) {
      this.#random.seed(this.#seed, this.#stream, first + day);
      for (let i = day * DAY_MINUTES; i < (day + 1) * DAY_MINUTES; i++) {
        regime = nextRegime(regime, this.#random.uniform());
        path[i] = regime;
      }
    }
    return path;
  }

  /**
   * The regime before the first minute of a day, by coupling from the past (Propp and Wilson 1996):
   * the chains that begin in the lowest and in the highest regime long enough before it meet, and
   * every chain with them. So it needs no beginning, and is an exact draw of the endless chain.
   */
  #before(day: number): number {
    for (let reach = 1;; reach *= 2) {
      let low = 0;
      let high = REGIMES.length - 1;
      for (let t = day - reach; t < day; t++) {
        this.#random.seed(this.#seed, this.#stream, t);
        for (let i = 0; i < DAY_MINUTES; i++) {
          const uniform = this.#random.uniform();
          low = nextRegime(low, uniform);
          high = nextRegime(high, uniform);
        }
      }
      if (low === high) return low;
    }
  }
}
