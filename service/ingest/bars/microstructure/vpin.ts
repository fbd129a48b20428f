import { DAY_MS, MINUTE_MS } from "../../../../data/schema/time.ts";
import type { BarVolumes } from "../../../bus/record_store.ts";

/** Buckets a day, and buckets in the mean: the values of the paper. */
const BUCKETS = 50;
/** Buckets of earlier days are left out, so that a bounded history determines the value. */
const MEMORY_DAYS = 2;

/** Open time of the first bar that the value at a time may depend on, ms UTC. */
export function vpinHistoryStart(time: number): number {
  return (Math.floor(time / DAY_MS) - MEMORY_DAYS - 1) * DAY_MS;
}

interface Bucket {
  readonly day: number;
  readonly imbalance: number;
  readonly volume: number;
}

/**
 * Volume-synchronized probability of informed trading of one symbol: over the last 50 buckets of
 * equal volume, the sum of |buyers' - sellers' volume| over the sum of volume (Easley, Lopez de
 * Prado and O'Hara, "Flow toxicity and liquidity in a high-frequency world", Review of Financial
 * Studies 25, 2012). As there, buckets are filled with minutes, and a minute at the end of a bucket
 * is divided in proportion; unlike there, the aggressor is known from the exchange.
 *
 * A bucket of a UTC day holds a 50th of the volume of the day before. Every minute of that day must
 * be known, else the day has no buckets; a day starts with an empty bucket. The mean is over buckets
 * of this day and the two before it, so it is a function of the bars of this day and the three
 * before it, whether they were built from trades or taken from klines.
 */
export class Vpin {
  readonly #buckets: Bucket[] = [];
  #day = NaN;
  #minutes = 0;
  #dayVolume = 0;
  #size = NaN;
  #bought = 0;
  #sold = 0;

  /** Adds the next bar, oldest first; one without taker volumes fills no bucket. */
  push({ timestamp, volume, taker_buy_volume, taker_sell_volume }: BarVolumes): void {
    const day = Math.floor(timestamp / DAY_MS);
    if (day !== this.#day) this.#begin(day);
    this.#minutes++;
    this.#dayVolume += volume;
    if (taker_buy_volume === undefined || taker_sell_volume === undefined) return;
    if (this.#size > 0) this.#fill(taker_buy_volume, taker_sell_volume);
  }

  /** 0 to 1; null until 50 buckets of these days are full. */
  get value(): number | null {
    if (this.#buckets.length < BUCKETS) return null;
    let imbalance = 0;
    let volume = 0;
    for (const bucket of this.#buckets) {
      imbalance += bucket.imbalance;
      volume += bucket.volume;
    }
    return imbalance / volume;
  }

  #begin(day: number): void {
    const known = this.#minutes === DAY_MS / MINUTE_MS && day === this.#day + 1;
    this.#size = known ? this.#dayVolume / BUCKETS : NaN;
    while ((this.#buckets[0]?.day ?? day) < day - MEMORY_DAYS) this.#buckets.shift();
    this.#day = day;
    this.#minutes = this.#dayVolume = 0;
    this.#bought = this.#sold = 0;
  }

  #fill(bought: number, sold: number): void {
    const share = bought / (bought + sold);
    // A volume above that of all buckets only fills them with the same imbalance again.
    let left = Math.min(bought + sold, (BUCKETS + 1) * this.#size);
    while (left > 0) {
      const part = Math.min(left, this.#size - this.#bought - this.#sold);
      this.#bought += part * share;
      this.#sold += part * (1 - share);
      left -= part;
      if (left > 0) this.#close();
    }
  }

  #close(): void {
    const imbalance = Math.abs(this.#bought - this.#sold);
    this.#buckets.push({ day: this.#day, imbalance, volume: this.#size });
    if (this.#buckets.length > BUCKETS) this.#buckets.shift();
    this.#bought = this.#sold = 0;
  }
}
