import * as z from "zod/mini";
import { type DeepReadonly, describe } from "./define.ts";
import { flowShape, isSoundMinute, ohlcvShape } from "./kline.ts";

/**
 * How a bar came to be.
 *
 * - `trades`: built from an unbroken run of trades
 * - `repaired`: gaps were filled with trades from REST
 * - `kline`: taken from the exchange's own kline
 * - `empty`: no trade in that minute
 * - `incomplete`: trades are known to be missing and the exchange could not give its kline in time
 */
export const barQualitySchema = z.enum(["trades", "repaired", "kline", "empty", "incomplete"]);

/** How a bar came to be; {@linkcode barQualitySchema} says what each word means. */
export type BarQuality = z.infer<typeof barQualitySchema>;

/** Where the service's market data comes from. */
export const feedSourceSchema = z.enum(["binance", "simulator"]);

/** Where the service's market data comes from. */
export type FeedSource = z.infer<typeof feedSourceSchema>;

/** Where a bar's market data came from: a feed, or history that was replayed. */
export const barSourceSchema = z.enum([...feedSourceSchema.options, "replay"]);

/** Where a bar's market data came from. */
export type BarSource = z.infer<typeof barSourceSchema>;

const amount = (description: string) => describe(z.number().check(z.nonnegative()), description);
const tradeId = (description: string) =>
  z.exactOptional(describe(z.int().check(z.nonnegative()), description));
const measure = (description: string) => describe(z.nullable(z.number()), description);

/** Measures of a minute's single trades beyond its prices and volumes; null where undefined. */
export const microstructureSchema = z.object({
  vwap: measure("Volume-weighted average price: quote volume / volume"),
  volume_imbalance: measure("(taker buy - taker sell) / volume, from -1 to 1"),
  trade_intensity: amount("Raw trades a second, over the whole minute"),
  realized_variance: measure("Sum of squared log returns"),
  bipower_variation: measure("The part of the variance that is not due to jumps"),
  jump_share: measure("Share of the variance that is due to jumps, 0 to 1"),
  roll_spread: measure("Roll's effective bid-ask spread, quote currency"),
  kyle_lambda: measure("Kyle's price impact, quote currency per unit of base currency"),
  amihud_illiquidity: measure(
    "|ln(close / open)| / quote volume, per unit of quote currency, of this minute alone (Amihud " +
      "2002)",
  ),
  vpin: measure("Probability of informed trading over volume buckets, 0 to 1"),
});

/** Measures of a minute's single trades; {@linkcode microstructureSchema} describes its fields. */
export type Microstructure = DeepReadonly<z.infer<typeof microstructureSchema>>;

/** A one-minute bar; the public record of topic `market_raw_bars` and of the SSE event `bar`. */
export const barSchema = describe(
  z.object({
    symbol: z.string(),
    timestamp: describe(z.int(), "Open time, ms UTC, a multiple of 60,000"),
    close_time: describe(z.int(), "Last millisecond of the minute: timestamp + 59,999"),
    ...ohlcvShape,
    quote_volume: flowShape.quote_volume,
    num_trades: flowShape.num_trades,
    taker_buy_volume: flowShape.taker_buy_volume,
    taker_sell_volume: z.exactOptional(amount("Base volume with the seller as the aggressor")),
    taker_buy_quote_volume: flowShape.taker_buy_quote_volume,
    first_trade_id: tradeId(
      "Id of the first raw trade; absent when the bar came from a kline or has no trades",
    ),
    last_trade_id: tradeId(
      "Id of the last raw trade; absent when the bar came from a kline or has no trades",
    ),
    microstructure: z.exactOptional(microstructureSchema),
    quality: barQualitySchema,
    source: barSourceSchema,
  }).check(z.refine((bar) => isSoundMinute(bar.timestamp, bar), "must be sound")),
  "A one-minute bar. Columns are absent where their source does not tell them; microstructure is " +
    "there when every trade of the minute is known",
);

/** A one-minute bar; {@linkcode barSchema} describes its fields. */
export type Bar = DeepReadonly<z.infer<typeof barSchema>>;
