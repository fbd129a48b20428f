import type { BarQuality } from "../../../data/schema/origin.ts";

const LABELS: Readonly<Record<BarQuality, string>> = {
  trades: "from trades",
  repaired: "repaired",
  kline: "from kline",
  empty: "no trades",
  incomplete: "incomplete",
};

/** How a bar came to be, in words. */
export function qualityLabel(quality: BarQuality): string {
  return LABELS[quality];
}
