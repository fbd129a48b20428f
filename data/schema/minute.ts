import * as z from "zod/mini";
import type { DeepReadonly } from "./define.ts";
import { ABOUT } from "./about.ts";

const price = () => z.number().check(z.positive());
const amount = () => z.number().check(z.nonnegative());
const count = () => z.int().check(z.nonnegative());

/** The prices of a minute. */
export const priceShape = {
  open: price().register(ABOUT, { description: "Price of the first trade, quote currency" }),
  high: price().register(ABOUT, { description: "Highest price, quote currency" }),
  low: price().register(ABOUT, { description: "Lowest price, quote currency" }),
  close: price().register(ABOUT, { description: "Price of the last trade, quote currency" }),
};

/** The prices and the volume of a minute. */
export const ohlcvShape = {
  ...priceShape,
  volume: amount().register(ABOUT, { description: "Base currency traded" }),
};

/** What klines tell of a minute beyond its prices and volume; absent where the source is OHLCV only. */
export const flowShape = {
  quote_volume: z.exactOptional(
    amount().register(ABOUT, { description: "Quote currency traded: the sum of price x quantity" }),
  ),
  num_trades: z.exactOptional(count().register(ABOUT, { description: "Number of raw trades" })),
  taker_buy_volume: z.exactOptional(
    amount().register(ABOUT, { description: "Base volume with the buyer as the aggressor" }),
  ),
  taker_buy_quote_volume: z.exactOptional(
    amount().register(ABOUT, {
      description: "Quote currency traded with the buyer as the aggressor",
    }),
  ),
};

/** The numbers of a minute, as klines and bars have them. */
export type MinuteNumbers = DeepReadonly<
  z.infer<z.ZodMiniObject<typeof ohlcvShape & typeof flowShape>>
>;
