import { fieldsOf } from "./define.ts";
import { flowShape, type MinuteNumbers, priceShape } from "./minute.ts";
import { MINUTE_MS } from "./time.ts";

/** Why numbers cannot be those of a minute. */
export interface MinuteError {
  /**
   * - `not_finite`: a NaN or an infinity
   * - `negative`: a price that is not above 0, or a volume or a count below 0
   * - `ohlc`: the low is not the lowest, or the high not the highest price
   * - `misaligned`: it does not open on a full minute
   */
  readonly kind: "not_finite" | "negative" | "ohlc" | "misaligned";
  /** One line for people. */
  readonly what: string;
}

const PRICES = fieldsOf(priceShape);
const AMOUNTS = ["volume", ...fieldsOf(flowShape)] as const;

/** The columns of {@linkcode MinuteNumbers}, in the order of the exchange's history files. */
export const MINUTE_COLUMNS: readonly (keyof MinuteNumbers)[] = [...PRICES, ...AMOUNTS];

/**
 * The one definition of a sound minute: it opens on a full minute, its prices are finite and above
 * 0, `low` is the lowest and `high` the highest of them, and volumes and counts are not negative.
 *
 * @param openTime ms UTC.
 * @param numbers Beyond the volume, NaN counts as absent.
 */
export function isSoundMinute(openTime: number, numbers: MinuteNumbers): boolean {
  const { open, high, low, close, volume, quote_volume = 0, num_trades = 0 } = numbers;
  const { taker_buy_volume = 0, taker_buy_quote_volume = 0 } = numbers;
  return low > 0 && low <= open && low <= close && open <= high && close <= high &&
    high < Infinity && volume >= 0 && volume < Infinity &&
    !(quote_volume < 0 || num_trades < 0 || taker_buy_volume < 0 || taker_buy_quote_volume < 0) &&
    openTime % MINUTE_MS === 0;
}

/** Why a minute is not {@linkcode isSoundMinute | sound}; undefined when it is. */
export function findMinuteError(
  openTime: number,
  numbers: MinuteNumbers,
): MinuteError | undefined {
  if (isSoundMinute(openTime, numbers)) return undefined;
  for (const name of PRICES) {
    const value = numbers[name];
    if (value > 0) continue;
    return { kind: "negative", what: `${name} must be above 0: current value is ${value}` };
  }
  for (const name of AMOUNTS) {
    const value = numbers[name] ?? 0;
    if (!(value < 0)) continue;
    return { kind: "negative", what: `${name} must be 0 or more: current value is ${value}` };
  }
  const { open, high, low, close, volume } = numbers;
  if (!(high < Infinity && volume < Infinity)) {
    const what = `prices and volume must be finite: high is ${high}, volume is ${volume}`;
    return { kind: "not_finite", what };
  }
  if (low > Math.min(open, close) || high < Math.max(open, close)) {
    const what = `low must be the lowest and high the highest price: open ${open}, high ${high}, ` +
      `low ${low}, close ${close}`;
    return { kind: "ohlc", what };
  }
  return { kind: "misaligned", what: `it must open on a full minute: it opens at ${openTime} ms` };
}
