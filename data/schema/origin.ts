import * as z from "zod/mini";
import { ABOUT } from "./about.ts";

/** Where the service's market data comes from. */
export const feedSourceSchema = z.literal(["binance", "simulator"]);

/** Where the service's market data comes from. */
export type FeedSource = z.infer<typeof feedSourceSchema>;

/** Where a bar's market data came from: a feed, or history that was replayed. */
export const barSourceSchema = z.literal(["binance", "simulator", "replay"]);

/** Where a bar's market data came from: a feed, or history that was replayed. */
export type BarSource = z.infer<typeof barSourceSchema>;

/**
 * How a bar came to be.
 *
 * - `trades`: built from an unbroken run of trades
 * - `repaired`: gaps were filled with trades from REST
 * - `kline`: taken from the exchange's own kline
 * - `empty`: no trade in that minute
 * - `incomplete`: trades are known to be missing and the exchange could not give its kline in time
 */
export const barQualitySchema = z.literal(["trades", "repaired", "kline", "empty", "incomplete"]);

/** On a record of history: of a minute before the first one that its journal ever had live. */
export const backfillSchema = z.exactOptional(
  z.literal(true).register(ABOUT, {
    description: "True on history: a minute before the first one that this journal ever had live " +
      "for the symbol; absent otherwise",
  }),
);

/** How a bar came to be; {@linkcode barQualitySchema} says what each word means. */
export type BarQuality = z.infer<typeof barQualitySchema>;
