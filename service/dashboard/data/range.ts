import type { Forecast } from "../../../data/schema/volatility.ts";
import { formatNumber } from "../format/number.ts";

/** A median below it is shown with one decimal, basis points. */
const SMALL_BP = 10;

/** The median and the 80 % interval of a horizon: `33 bp, 80 %: 20 to 59`. */
export function rangeOf({ volatility_bp: median, quantiles }: Forecast["15"]): string {
  const decimals = median < SMALL_BP ? 1 : 0;
  const [low, high] = [quantiles["10"], quantiles["90"]].map((each) =>
    formatNumber(each, decimals)
  );
  return `${formatNumber(median, decimals)} bp, 80 %: ${low} to ${high}`;
}
