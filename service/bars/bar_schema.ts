import { z } from "zod";
import type { Bar } from "./bar.ts";

const amount = z.number().nonnegative();
const id = z.int().nonnegative();

const shape = {
  symbol: z.string(),
  timestamp: z.int(),
  close_time: z.int(),
  open: z.number().positive(),
  high: z.number().positive(),
  low: z.number().positive(),
  close: z.number().positive(),
  volume: amount,
  quote_volume: z.exactOptional(amount),
  num_trades: z.exactOptional(id),
  taker_buy_volume: z.exactOptional(amount),
  taker_sell_volume: z.exactOptional(amount),
  first_trade_id: z.exactOptional(id),
  last_trade_id: z.exactOptional(id),
  quality: z.enum(["trades", "repaired", "kline", "empty", "incomplete"]),
  source: z.enum(["binance", "simulator", "replay"]),
};

/** Validates a bar that comes from outside of this process, e.g. from the journal's file. */
export const barSchema: z.ZodType<Bar> = z.object(shape);

/** The fields of a bar, in the order of the contract. */
export const BAR_FIELDS: readonly string[] = Object.keys(shape);
