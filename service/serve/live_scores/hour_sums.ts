/** Hours of a week. */
export const WEEK_HOURS = 168;
/** A week counts as full with nine in ten of its minutes. */
export const FULL_WEEK_MINUTES = 0.9 * WEEK_HOURS * 60;

/** No hour. */
const NONE = -1;

/**
 * Sums by hour of the clock over a week, in constant memory: hours since 1970 that are older fall
 * out.
 */
export class HourSums {
  readonly #fields: number;
  readonly #hours = new Float64Array(WEEK_HOURS).fill(NONE);
  readonly #sums: Float64Array;

  /** @param fields Number of sums. */
  constructor(fields: number) {
    this.#fields = fields;
    this.#sums = new Float64Array(WEEK_HOURS * fields);
  }

  /** Adds to a sum of an hour; what is older than the week is passed over. */
  add(hour: number, field: number, value: number): void {
    const slot = hour % WEEK_HOURS;
    const first = slot * this.#fields;
    const kept = this.#hours[slot] ?? NONE;
    if (kept > hour) return;
    if (kept < hour) {
      this.#hours[slot] = hour;
      this.#sums.fill(0, first, first + this.#fields);
    }
    this.#sums[first + field] = (this.#sums[first + field] ?? 0) + value;
  }

  /**
   * The sums over the last hours.
   *
   * @param last The last of them.
   * @param count How many, 1 to {@linkcode WEEK_HOURS}.
   */
  total(last: number, count: number): Float64Array {
    const total = new Float64Array(this.#fields);
    for (let hour = Math.max(0, last - count + 1); hour <= last; hour++) {
      const slot = hour % WEEK_HOURS;
      if (this.#hours[slot] !== hour) continue;
      const first = slot * this.#fields;
      for (let field = 0; field < total.length; field++) {
        total[field] = (total[field] ?? 0) + (this.#sums[first + field] ?? 0);
      }
    }
    return total;
  }
}
