const SECOND_MS = 1000;
/** Any two points define a line; a slope takes at least a third. */
const LEAST_POINTS = 3;

/** Least squares of y on x with an intercept, by Welford's method, which avoids cancellation. */
interface Moments {
  readonly points: number;
  readonly meanX: number;
  readonly meanY: number;
  readonly squares: number;
  readonly products: number;
}

function withPoint(moments: Moments, x: number, y: number): Moments {
  const points = moments.points + 1;
  const distance = x - moments.meanX;
  const meanX = moments.meanX + distance / points;
  const meanY = moments.meanY + (y - moments.meanY) / points;
  return {
    points,
    meanX,
    meanY,
    squares: moments.squares + distance * (x - meanX),
    products: moments.products + distance * (y - meanY),
  };
}

/**
 * Price impact of order flow: the slope of the price change on the signed volume (Kyle,
 * "Continuous auctions and insider trading", Econometrica 53, 1985), by ordinary least squares with
 * an intercept over the seconds of the minute that have trades. A second's signed volume is what
 * takers bought less what they sold; its price change is from the last price of the previous second
 * with trades, so the first one only provides a price.
 */
export class KyleLambda {
  #second = NaN;
  #flow = 0;
  #price = NaN;
  #reference = NaN;
  #moments: Moments = { points: 0, meanX: 0, meanY: 0, squares: 0, products: 0 };

  /**
   * Adds the next trade.
   *
   * @param signedQuantity Base currency, negative when the aggressor sold.
   * @param time Exchange time, ms UTC.
   */
  add(price: number, signedQuantity: number, time: number): void {
    const second = Math.floor(time / SECOND_MS);
    if (second !== this.#second) {
      this.#moments = this.#withSecond();
      this.#reference = this.#price;
      this.#second = second;
      this.#flow = 0;
    }
    this.#flow += signedQuantity;
    this.#price = price;
  }

  /** Quote currency per unit of base currency; null with too few seconds or without variation. */
  get value(): number | null {
    const { points, squares, products } = this.#withSecond();
    return points >= LEAST_POINTS && squares > 0 ? products / squares : null;
  }

  #withSecond(): Moments {
    if (Number.isNaN(this.#reference)) return this.#moments;
    return withPoint(this.#moments, this.#flow, this.#price - this.#reference);
  }
}
