/** The exchange's prices and quantities have 8 decimals: amounts are counted in units of 1e-8. */
const SCALE = 1e8;
const UNITS = 10n ** 8n;
/** Below this limit an amount's double is nearer to its own multiple of 1e-8 than to any other. */
const DISTINCT = 2 ** 26;
/** Two integers up to this limit have an exact sum. */
const LIMIT = 2 ** 52;

/** An amount in units of 1e-8: exact up to 8 decimals, else the nearest unit. */
export function unitsOf(amount: number): bigint {
  const whole = Math.floor(amount);
  if (whole === amount) return BigInt(whole) * UNITS;
  if (amount < DISTINCT) {
    return BigInt(whole) * UNITS + BigInt(Math.round((amount - whole) * SCALE));
  }
  // The exchange wrote the shortest of the decimals that round to this double.
  const [digits = "", decimals = ""] = String(amount).split(".");
  return BigInt(digits + decimals.slice(0, 8).padEnd(8, "0"));
}

/** The double nearest to an amount in units of 1e-8, equal to `Number` of its decimal text. */
export function amountOf(units: bigint): number {
  if (units <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(units) / SCALE;
  return Number(`${units / UNITS}.${String(units % UNITS).padStart(8, "0")}`);
}

/** Converts units of 1e-16, in which products are counted, to units of 1e-8; halves are rounded up. */
export function roundProduct(units: bigint): bigint {
  return (units + UNITS / 2n) / UNITS;
}

/**
 * Exact sums of quantities and of price x quantity, in any order of adding.
 *
 * A double that stems from a decimal is split into its whole part and its units of 1e-8. Their
 * products are integers and are summed by weight in doubles, which are exact up to 2^53; before
 * that limit they are moved to big integers. An amount too long to be split goes there directly.
 */
export class DecimalSum {
  #whole = 0;
  #fraction = 0;
  /** Sums of products, by weight: 1, 1e-8, 1e-12 and 1e-16. */
  #product0 = 0;
  #product8 = 0;
  #product12 = 0;
  #product16 = 0;
  #quantity = 0n;
  #product = 0n;

  /** Adds a trade of positive, finite price and quantity. */
  add(price: number, quantity: number): void {
    const priceWhole = Math.floor(price);
    const priceFraction = Math.round((price - priceWhole) * SCALE);
    const whole = Math.floor(quantity);
    const fraction = Math.round((quantity - whole) * SCALE);
    const product0 = priceWhole * whole;
    const product8 = priceWhole * fraction + priceFraction * whole;
    const split = (price < DISTINCT || price === priceWhole) &&
      (quantity < DISTINCT || quantity === whole);
    if (!split || product0 > LIMIT || product8 > LIMIT || whole > LIMIT) {
      this.#addLong(price, quantity);
      return;
    }
    this.#whole += whole;
    this.#fraction += fraction;
    this.#product0 += product0;
    this.#product8 += product8;
    if (priceFraction > 0) {
      // A product of two fractions can exceed 2^53; of four digits of one at a time it cannot.
      const high = Math.floor(priceFraction / 1e4);
      this.#product12 += high * fraction;
      this.#product16 += (priceFraction - high * 1e4) * fraction;
    }
    if (
      this.#product8 > LIMIT || this.#product12 > LIMIT || this.#product16 > LIMIT ||
      this.#product0 > LIMIT || this.#whole > LIMIT || this.#fraction > LIMIT
    ) {
      this.#flush();
    }
  }

  /** Sum of the quantities in units of 1e-8. */
  get quantity(): bigint {
    this.#flush();
    return this.#quantity;
  }

  /** Sum of price x quantity in units of 1e-16. */
  get product(): bigint {
    this.#flush();
    return this.#product;
  }

  #addLong(price: number, quantity: number): void {
    const units = unitsOf(quantity);
    this.#quantity += units;
    this.#product += unitsOf(price) * units;
  }

  #flush(): void {
    this.#quantity += BigInt(this.#whole) * UNITS + BigInt(this.#fraction);
    this.#product += (BigInt(this.#product0) * UNITS + BigInt(this.#product8)) * UNITS +
      BigInt(this.#product12) * 10_000n + BigInt(this.#product16);
    this.#whole = this.#fraction = 0;
    this.#product0 =
      this.#product8 =
      this.#product12 =
      this.#product16 =
        0;
  }
}
