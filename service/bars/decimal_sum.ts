/** The exchange keeps quantities to 8 decimals. */
const DECIMALS = 8;

/**
 * Sum of decimal amounts without the drift of repeated rounding.
 *
 * Compensated summation (Neumaier 1974), rounded to the exchange's eight decimals on reading, so
 * that 0.1 + 0.2 is 0.3 and a sum equals the one that the exchange computes in decimals.
 */
export class DecimalSum {
  #sum = 0;
  #compensation = 0;

  add(amount: number): void {
    const sum = this.#sum + amount;
    this.#compensation += Math.abs(this.#sum) >= Math.abs(amount)
      ? this.#sum - sum + amount
      : amount - sum + this.#sum;
    this.#sum = sum;
  }

  /** The sum, to the nearest 1e-8 as far as a double can hold it. */
  get value(): number {
    return Number((this.#sum + this.#compensation).toFixed(DECIMALS));
  }
}
