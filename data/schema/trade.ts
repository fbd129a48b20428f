import * as z from "zod/mini";
import { type DeepReadonly, describe } from "./define.ts";

const id = () => z.int().check(z.nonnegative());
const positive = () => z.number().check(z.positive());

/** One aggregate trade, as the exchange's `aggTrade` reports it. */
export const tradeSchema = z.object({
  symbol: describe(z.string(), "Market, upper case, e.g. BTCUSDT"),
  id: describe(id(), "Aggregate trade id; consecutive within a symbol, so a jump is a gap"),
  price: describe(positive(), "Quote currency"),
  quantity: describe(positive(), "Base currency"),
  firstTradeId: describe(id(), "Id of the first raw trade in the aggregate"),
  lastTradeId: describe(id(), "Id of the last raw trade in the aggregate"),
  time: describe(id(), "Trade time of the exchange, ms UTC"),
  buyerIsMaker: describe(z.boolean(), "Whether the buyer was the maker: the aggressor sold"),
});

/** One aggregate trade; {@linkcode tradeSchema} describes its fields. */
export type Trade = DeepReadonly<z.infer<typeof tradeSchema>>;
