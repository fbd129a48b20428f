/** Words for the distance of a regime from the middle, by the number of regimes on a side. */
const INTENSITIES: Readonly<Record<number, readonly string[]>> = {
  1: ["Extreme"],
  2: ["Extreme", "Mild"],
  3: ["Extreme", "Moderate", "Mild"],
  4: ["Extreme", "Strong", "Moderate", "Mild"],
};

/**
 * Labels of a classic model's regimes in ascending order of mean momentum.
 *
 * @param states Number of regimes, 1 to 9.
 */
export function classicLabels(states: number): string[] {
  if (states === 2) return ["Bearish", "Bullish"];
  const words = INTENSITIES[Math.floor(states / 2)] ?? [];
  const bearish = words.map((word) => `Bearish ${word}`);
  const bullish = words.map((word) => `Bullish ${word}`).reverse();
  return [...bearish, ...(states % 2 === 1 ? ["Normal Market"] : []), ...bullish];
}

/** Labels of a volatility model's regimes: terciles of the volatility to come, ascending. */
export const VOLATILITY_LABELS = ["Calm", "Normal", "Turbulent"] as const;
