/** Decimals in every amount that Binance's spot market prints. */
const PRINTED_DECIMALS = 8;

/**
 * Prints a non-negative integer of 10^-decimals units as Binance does, with 8 decimals;
 * what does not fit into them is cut off.
 *
 * @example formatDecimal(6183763, 2) // "61837.63000000"
 */
export function formatDecimal(units: number, decimals: number): string {
  if (decimals > PRINTED_DECIMALS) {
    return formatDecimal(Math.floor(units / 10 ** (decimals - PRINTED_DECIMALS)), PRINTED_DECIMALS);
  }
  const digits = String(units).padStart(decimals + 1, "0");
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}.${digits.slice(point).padEnd(PRINTED_DECIMALS, "0")}`;
}

/**
 * The fewest decimals, at least `atLeast` and at most 8, that print a number without loss.
 */
export function decimalsOf(value: number, atLeast: number): number {
  let decimals = atLeast;
  while (decimals < PRINTED_DECIMALS) {
    const scale = 10 ** decimals;
    if (Math.round(value * scale) / scale === value) break;
    decimals++;
  }
  return decimals;
}

/** Prints a non-negative number as Binance does, with 8 decimals and no digit lost. */
export function formatNumber(value: number): string {
  const [whole, decimals = ""] = String(value).split(".");
  const exact = decimals.length <= PRINTED_DECIMALS && /^\d+$/.test(`${whole}${decimals}`);
  return exact ? `${whole}.${decimals.padEnd(PRINTED_DECIMALS, "0")}` : value.toFixed(8);
}
