import type { Kline } from "../../../data/files/klines.ts";
import { type Bar, type BarSource, MINUTE_MS } from "../../../data/schema/bar.ts";
import { amountOf, unitsOf } from "./decimal_sum.ts";

/**
 * The bar that a kline of the exchange describes.
 *
 * @param kline A finished kline; columns that it lacks are absent from the bar.
 */
export function barOfKline(symbol: string, source: BarSource, kline: Kline): Bar {
  const { quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume } = kline;
  return {
    symbol,
    timestamp: kline.open_time,
    close_time: kline.open_time + MINUTE_MS - 1,
    open: kline.open,
    high: kline.high,
    low: kline.low,
    close: kline.close,
    volume: kline.volume,
    ...(quote_volume !== undefined && { quote_volume }),
    ...(num_trades !== undefined && { num_trades }),
    ...(taker_buy_volume !== undefined && {
      taker_buy_volume,
      taker_sell_volume: amountOf(unitsOf(kline.volume) - unitsOf(taker_buy_volume)),
    }),
    ...(taker_buy_quote_volume !== undefined && { taker_buy_quote_volume }),
    quality: "kline",
    source,
  };
}

/**
 * Whether a kline has the form of one: prices positive and within high and low, volumes not
 * negative. A kline that fails is never made a bar.
 */
export function isSound(kline: Kline): boolean {
  const { open_time, open, high, low, close, volume } = kline;
  return open_time % MINUTE_MS === 0 && low > 0 && volume >= 0 &&
    low <= Math.min(open, close) && high >= Math.max(open, close) && high < Infinity;
}
