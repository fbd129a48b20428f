/** Price changes are counted in units of 1e-8, so that equal changes compare equal. */
const SCALE = 1e8;

/**
 * The effective bid-ask spread, estimated from the bounce of trade prices: 2 sqrt(-cov) of successive
 * price changes, zeros included (Roll, "A simple implicit measure of the effective
 * bid-ask spread in an efficient market", Journal of Finance 39, 1984).
 */
export class RollSpread {
  #trades = 0;
  #price = NaN;
  #lastChange = 0;
  #products = 0;
  #earlier = 0;
  #later = 0;

  /** Adds the price of the next trade. */
  add(price: number): void {
    const change = Math.round((price - this.#price) * SCALE);
    if (this.#trades >= 2) {
      this.#products += change * this.#lastChange;
      this.#earlier += this.#lastChange;
      this.#later += change;
    }
    this.#lastChange = change;
    this.#price = price;
    this.#trades++;
  }

  /**
   * The spread in quote currency; null with fewer than two pairs of changes, and where their
   * covariance is not negative.
   */
  get value(): number | null {
    const pairs = this.#trades - 2;
    const covariance = (this.#products - this.#earlier * this.#later / pairs) / pairs;
    return pairs >= 2 && covariance < 0 ? 2 * Math.sqrt(-covariance) / SCALE : null;
  }
}
