import * as z from "zod/mini";
import type { DeepReadonly } from "./define.ts";
import { ABOUT } from "./about.ts";
import { flowShape, ohlcvShape } from "./minute.ts";
import { backfillSchema, barQualitySchema, barSourceSchema } from "./origin.ts";
import { isSoundMinute } from "./sound.ts";

const measure = () => z.nullable(z.number());
const amount = () => z.number().check(z.nonnegative());
const tradeId = () => z.int().check(z.nonnegative());

/** Measures of a minute's single trades beyond its prices and volumes; null where undefined. */
export const microstructureSchema = z.object({
  vwap: measure().register(ABOUT, {
    description: "Volume-weighted average price: quote volume / volume",
  }),
  volume_imbalance: measure().register(ABOUT, {
    description: "(taker buy - taker sell) / volume, from -1 to 1",
  }),
  trade_intensity: amount().register(ABOUT, {
    description: "Raw trades a second, over the whole minute",
  }),
  realized_variance: measure().register(ABOUT, { description: "Sum of squared log returns" }),
  bipower_variation: measure().register(ABOUT, {
    description: "The part of the variance that is not due to jumps",
  }),
  jump_share: measure().register(ABOUT, {
    description: "Share of the variance that is due to jumps, 0 to 1",
  }),
  roll_spread: measure().register(ABOUT, {
    description: "Roll's effective bid-ask spread, quote currency",
  }),
  kyle_lambda: measure().register(ABOUT, {
    description: "Kyle's price impact, quote currency per unit of base currency",
  }),
  amihud_illiquidity: measure().register(ABOUT, {
    description: "|ln(close / open)| / quote volume of this minute alone, per unit of quote " +
      "currency (Amihud 2002)",
  }),
  vpin: measure().register(ABOUT, {
    description: "Probability of informed trading over volume buckets, 0 to 1",
  }),
});

/** Measures of a minute's single trades; {@linkcode microstructureSchema} describes its fields. */
export type Microstructure = DeepReadonly<z.infer<typeof microstructureSchema>>;

/** A one-minute bar; the public record of topic `market_raw_bars` and of the SSE event `bar`. */
export const barSchema = z.object({
  symbol: z.string(),
  timestamp: z.int().register(ABOUT, { description: "Open time, ms UTC, a multiple of 60,000" }),
  close_time: z.int().register(ABOUT, {
    description: "Last millisecond of the minute: timestamp + 59,999",
  }),
  ...ohlcvShape,
  quote_volume: flowShape.quote_volume,
  num_trades: flowShape.num_trades,
  taker_buy_volume: flowShape.taker_buy_volume,
  taker_sell_volume: z.exactOptional(
    amount().register(ABOUT, { description: "Base volume with the seller as the aggressor" }),
  ),
  taker_buy_quote_volume: flowShape.taker_buy_quote_volume,
  first_trade_id: z.exactOptional(
    tradeId().register(ABOUT, {
      description: "Id of the first raw trade; absent when the bar came from a kline or has no " +
        "trades",
    }),
  ),
  last_trade_id: z.exactOptional(
    tradeId().register(ABOUT, {
      description: "Id of the last raw trade; absent when the bar came from a kline or has no " +
        "trades",
    }),
  ),
  microstructure: z.exactOptional(microstructureSchema),
  quality: barQualitySchema,
  source: barSourceSchema,
  backfill: backfillSchema,
}).check(z.refine((bar) => isSoundMinute(bar.timestamp, bar), "must be sound"))
  .register(ABOUT, {
    description: "A one-minute bar. Fields are absent where the source does not tell them; " +
      "microstructure is there when every trade of the minute is known",
  });

/** A one-minute bar; {@linkcode barSchema} describes its fields. */
export type Bar = DeepReadonly<z.infer<typeof barSchema>>;
