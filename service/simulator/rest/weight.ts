import { MINUTE_MS } from "../../../data/schema/time.ts";

/** Sums the weight of the requests of the last minute. */
export class WeightMeter {
  #requests: { readonly at: number; readonly weight: number }[] = [];
  #used = 0;

  /**
   * Counts a request.
   *
   * @param now Real time, ms.
   * @returns Weight used in the minute up to now, this request included.
   */
  add(weight: number, now: number): number {
    this.#requests.push({ at: now, weight });
    this.#used += weight;
    const stale = this.#requests.findIndex(({ at }) => at > now - MINUTE_MS);
    for (const request of this.#requests.splice(0, stale)) this.#used -= request.weight;
    return this.#used;
  }
}
