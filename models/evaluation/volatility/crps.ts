/**
 * The distribution of Z as a table of quantiles at equally spaced levels from 0 to 1, linear between
 * them, with the integrals that its continuous ranked probability score needs.
 */
export class QuantileTable {
  readonly #q: Float64Array;
  /** Integral of the quantile function from 0 to each level. */
  readonly #area: Float64Array;
  /** Integral of p times the quantile function from 0 to 1. */
  readonly #moment: number;

  /** @param quantiles Ascending, at least two. */
  constructor(quantiles: ArrayLike<number>) {
    this.#q = Float64Array.from(quantiles);
    const step = 1 / (this.#q.length - 1);
    this.#area = new Float64Array(this.#q.length);
    let moment = 0;
    for (let i = 1; i < this.#q.length; i++) {
      const [a, b] = [this.#q[i - 1] ?? NaN, this.#q[i] ?? NaN];
      this.#area[i] = (this.#area[i - 1] ?? NaN) + step * (a + b) / 2;
      // Of p q(p), with p from i - 1 to i steps and both linear.
      moment += step * step * ((i - 1) * (a + b) / 2 + a / 6 + b / 3);
    }
    this.#moment = moment;
  }

  /** The quantile at a level from 0 to 1. */
  quantile(level: number): number {
    const x = level * (this.#q.length - 1);
    const i = Math.min(Math.floor(x), this.#q.length - 2);
    const [a, b] = [this.#q[i] ?? NaN, this.#q[i + 1] ?? NaN];
    return a + (x - i) * (b - a);
  }

  /**
   * Continuous ranked probability score of Z at a value: twice the integral of the pinball loss over
   * all levels (Gneiting and Ranjan 2011). In units of z; that of f + a Z at y is a times the one of
   * Z at (y - f) / a.
   */
  crps(z: number): number {
    const last = this.#q.length - 1;
    const step = 1 / last;
    let low = 0;
    let high = last;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.#q[middle] ?? NaN) <= z) low = middle;
      else high = middle;
    }
    const [a, b] = [this.#q[low] ?? NaN, this.#q[high] ?? NaN];
    const share = z < a ? 0 : z >= b ? 1 : (z - a) / (b - a);
    const level = (low + share) * step;
    const below = (this.#area[low] ?? NaN) + share * step * (a + (share * (b - a)) / 2);
    const above = (this.#area[last] ?? NaN) - below;
    return 2 * (above - z * (1 - level) - this.#moment + z / 2);
  }
}
