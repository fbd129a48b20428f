import { formatNumber } from "../format/number.ts";
import { formatPrice } from "../format/price.ts";

/** Most decimals that a label can have. */
const MOST_DECIMALS = 20;
/** Part of the distance between ticks by which a label may differ from its tick. */
const TOLERANCE = 1e-3;

/** The fewest decimals with which each tick is written as itself, so that no two look alike. */
export function decimalsOfTicks(ticks: readonly number[]): number {
  const tolerance = TOLERANCE * smallestStep(ticks);
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++) {
    if (ticks.every((tick) => Math.abs(Number(tick.toFixed(decimals)) - tick) <= tolerance)) {
      return decimals;
    }
  }
  return MOST_DECIMALS;
}

/** The smallest distance between two neighbouring ticks; that of a single one from zero. */
function smallestStep(ticks: readonly number[]): number {
  const steps = ticks.map((tick, index) => Math.abs(tick - (ticks[index - 1] ?? 0)));
  return Math.min(...steps.filter((step) => step > 0), Infinity);
}

/** Formats prices with as many decimals as distinguish all ticks. */
export function priceLabels(ticks: readonly number[]): (price: number) => string {
  const decimals = decimalsOfTicks(ticks);
  return (price) => formatPrice(price, decimals);
}

/** Formats numbers with as many decimals as distinguish all ticks. */
export function numberLabels(ticks: readonly number[]): (value: number) => string {
  const decimals = decimalsOfTicks(ticks);
  return (value) => formatNumber(value, decimals);
}

/** Most digits of a number. */
const MOST_DIGITS = 21;
/** Digits of a short quantity. */
const FEW_DIGITS = 4;

/** Formats quantities like `1.2K`, with as many digits as distinguish all ticks. */
export function quantityLabels(ticks: readonly number[]): (value: number) => string {
  for (let digits = FEW_DIGITS;; digits++) {
    const { format } = new Intl.NumberFormat("en-US", {
      notation: "compact",
      maximumSignificantDigits: digits,
    });
    const labels = new Set(ticks.map((tick) => format(tick)));
    if (labels.size === new Set(ticks).size || digits === MOST_DIGITS) return format;
  }
}
