/** Decimals in the shortest decimal form of `value`: 2 for 60690.15, 8 for 9.08e-6. */
function decimalsOf(value: number): number {
  const [mantissa = "", exponent = "0"] = String(value).split("e");
  const fraction = mantissa.split(".")[1]?.length ?? 0;
  return Math.max(0, fraction - Number(exponent));
}

/**
 * Decimals for prices of one market: those of its tick size, but at most eight significant
 * digits, and enough to show a change of 0.1%.
 */
export function priceDecimals(prices: Iterable<number>): number {
  let tick = 0;
  let largest = 0;
  for (const price of prices) {
    tick = Math.max(tick, decimalsOf(price));
    largest = Math.max(largest, price);
  }
  if (largest <= 0) return 2;
  const integerDigits = Math.floor(Math.log10(largest)) + 1;
  const fewest = largest >= 1 ? 2 : 3 - integerDigits;
  return Math.min(Math.max(tick, fewest), Math.max(8 - integerDigits, fewest));
}

/** A price with a fixed number of decimals and a separator between thousands. */
export function formatPrice(price: number, decimals: number): string {
  return price.toLocaleString("en-US", {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}
