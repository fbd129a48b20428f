import * as z from "zod/mini";
import { type DeepReadonly, describe, fieldsOf } from "./define.ts";
import { MINUTE_MS } from "./time.ts";

const price = (description: string) => describe(z.number().check(z.positive()), description);
const amount = (description: string) => describe(z.number().check(z.nonnegative()), description);
const count = (description: string) => describe(z.int().check(z.nonnegative()), description);

const priceShape = {
  open: price("Price of the first trade, quote currency"),
  high: price("Highest price, quote currency"),
  low: price("Lowest price, quote currency"),
  close: price("Price of the last trade, quote currency"),
};

/** The prices and the volume of a minute. */
export const ohlcvShape = { ...priceShape, volume: amount("Base currency traded") };

/** What klines tell of a minute beyond its prices and volume; absent where the source is OHLCV only. */
export const flowShape = {
  quote_volume: z.exactOptional(amount("Quote currency traded: the sum of price x quantity")),
  num_trades: z.exactOptional(count("Number of raw trades")),
  taker_buy_volume: z.exactOptional(amount("Base volume with the buyer as the aggressor")),
  taker_buy_quote_volume: z.exactOptional(
    amount("Quote currency traded with the buyer as the aggressor"),
  ),
};

/** One kline of the exchange, with the columns of its history files. */
export const klineSchema = z.object({
  open_time: describe(z.int(), "Open time, ms UTC, on a full minute"),
  ...ohlcvShape,
  ...flowShape,
}).check(z.refine((kline) => isSound(kline), "must be sound"));

/** One kline of the exchange; {@linkcode klineSchema} describes its fields. */
export type Kline = DeepReadonly<z.infer<typeof klineSchema>>;

/** The numbers of a minute, as klines and bars have them. */
export type MinuteNumbers = Omit<Kline, "open_time">;

/** The columns of {@linkcode MinuteNumbers}, in the order of the exchange's history files. */
export const MINUTE_COLUMNS: readonly (keyof MinuteNumbers)[] = fieldsOf({
  shape: { ...ohlcvShape, ...flowShape },
});

/** Name of a column of klines. */
export type KlineColumn = keyof Kline;

/** The columns of klines, in the order of the exchange's history files. */
export const KLINE_COLUMNS: readonly KlineColumn[] = ["open_time", ...MINUTE_COLUMNS];

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

const PRICES = fieldsOf({ shape: priceShape });
const AMOUNTS = fieldsOf({ shape: { volume: null, ...flowShape } });

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

/** Whether a kline is {@linkcode isSoundMinute | sound}. */
export function isSound(kline: Kline): boolean {
  return isSoundMinute(kline.open_time, kline);
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
