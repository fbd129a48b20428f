import * as z from "zod/mini";
import type { DeepReadonly } from "./define.ts";
import { ABOUT } from "./about.ts";

const id = () => z.int().check(z.nonnegative());
const positive = () => z.number().check(z.positive());

/** One aggregate trade, as the exchange's `aggTrade` reports it. */
export const tradeSchema = z.object({
  symbol: z.string().register(ABOUT, { description: "Market, upper case, e.g. BTCUSDT" }),
  id: id().register(ABOUT, {
    description: "Aggregate trade id; consecutive within a symbol, so a jump is a gap",
  }),
  price: positive().register(ABOUT, { description: "Quote currency" }),
  quantity: positive().register(ABOUT, { description: "Base currency" }),
  firstTradeId: id().register(ABOUT, { description: "Id of the first raw trade in the aggregate" }),
  lastTradeId: id().register(ABOUT, { description: "Id of the last raw trade in the aggregate" }),
  time: id().register(ABOUT, { description: "Trade time of the exchange, ms UTC" }),
  buyerIsMaker: z.boolean().register(ABOUT, {
    description: "Whether the buyer was the maker: the aggressor sold",
  }),
});

/** One aggregate trade; {@linkcode tradeSchema} describes its fields. */
export type Trade = DeepReadonly<z.infer<typeof tradeSchema>>;
