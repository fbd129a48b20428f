/**
 * Realized variance of a minute and the part of it that is due to jumps.
 *
 * The returns r_i are those of the log price from one price to the next different one: sampling in
 * tick time (Griffin and Oomen, "Sampling returns for realized variance calculations: tick time or
 * transaction time?", Econometric Reviews 27, 2008). Trades without a price change
 * would leave the variance as it is, but reduce the bipower variation to zero.
 */
export class RealizedVariance {
  #trades = 0;
  #moves = 0;
  #price = NaN;
  #lastReturn = 0;
  #squares = 0;
  #neighbours = 0;

  /** Adds the price of the next trade. */
  add(price: number): void {
    if (this.#trades++ > 0 && price !== this.#price) {
      const size = Math.abs(Math.log(price / this.#price));
      this.#squares += size * size;
      this.#neighbours += size * this.#lastReturn;
      this.#lastReturn = size;
      this.#moves++;
    }
    this.#price = price;
  }

  /**
   * Realized variance, sum of r_i^2 (Andersen, Bollerslev, Diebold and Labys, "The distribution of
   * realized exchange rate volatility", JASA 96, 2001); null with fewer than two trades.
   */
  get variance(): number | null {
    return this.#trades < 2 ? null : this.#squares;
  }

  /**
   * Bipower variation, pi/2 x sum of |r_i||r_i-1| (Barndorff-Nielsen and Shephard, "Power and
   * bipower variation with stochastic volatility and jumps", Journal of Financial Econometrics 2,
   * 2004): the part of the variance that is not due to jumps; null with fewer than two returns.
   */
  get bipower(): number | null {
    return this.#moves < 2 ? null : Math.PI / 2 * this.#neighbours;
  }

  /**
   * Share of the variance that is due to jumps, max(0, variance - bipower) / variance, from 0 to 1 (same
   * source); null with fewer than two returns.
   */
  get jumpShare(): number | null {
    const bipower = this.bipower;
    return bipower === null ? null : Math.max(0, this.#squares - bipower) / this.#squares;
  }
}
