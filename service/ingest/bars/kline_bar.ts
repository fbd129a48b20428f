import type { Kline } from "../../../data/schema/kline.ts";
import type { Bar } from "../../../data/schema/bar.ts";
import type { BarSource } from "../../../data/schema/origin.ts";
import { closeTimeOf } from "../../../data/schema/time.ts";
import { amountOf, unitsOf } from "./decimal_sum.ts";

/**
 * Converts a kline of the exchange to a bar.
 *
 * @param kline A finished kline; columns that it lacks are absent from the bar.
 */
export function barOfKline(symbol: string, source: BarSource, kline: Kline): Bar {
  const { quote_volume, num_trades, taker_buy_volume, taker_buy_quote_volume } = kline;
  return {
    symbol,
    timestamp: kline.open_time,
    close_time: closeTimeOf(kline.open_time),
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
