const compact = new Intl.NumberFormat("en-US", {
  notation: "compact",
  maximumSignificantDigits: 4,
});

/** A quantity with at most four digits: `31.42`, `1.204K`, `28.55M`. */
export function formatQuantity(value: number): string {
  return compact.format(value);
}

/** A number with an explicit sign and a true minus: `+0.61`, `−0.20`. */
export function formatSigned(value: number, decimals: number): string {
  const digits = Math.abs(value).toFixed(decimals);
  if (Number(digits) === 0) return digits;
  return (value < 0 ? "−" : "+") + digits;
}

/** A number with a true minus. */
export function formatNumber(value: number, decimals: number): string {
  return formatSigned(value, decimals).replace("+", "");
}

/** A relative change as a signed percentage: 0.0035 is `+0.35%`. */
export function formatChange(ratio: number): string {
  return formatSigned(ratio * 100, 2) + "%";
}

/** A probability as a percentage, never 0% or 100%: `97.2%`, `>99.9%`. */
export function formatProbability(probability: number): string {
  if (probability > 0.999) return ">99.9%";
  if (probability < 0.001) return "<0.1%";
  return (probability * 100).toFixed(1) + "%";
}

/** A count with a separator between thousands. */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US");
}
