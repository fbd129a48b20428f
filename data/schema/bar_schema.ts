import { z } from "zod";
import type { Bar } from "./bar.ts";

const amount = z.number().nonnegative();
const id = z.int().nonnegative();

/** Any finite number, and null where the measure is undefined. */
const measure = z.number().nullable();

const microstructure = {
  vwap: measure,
  volume_imbalance: measure,
  trade_intensity: amount,
  realized_variance: measure,
  bipower_variation: measure,
  jump_share: measure,
  roll_spread: measure,
  kyle_lambda: measure,
  amihud_illiquidity: measure,
  vpin: measure,
};

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
  taker_buy_quote_volume: z.exactOptional(amount),
  first_trade_id: z.exactOptional(id),
  last_trade_id: z.exactOptional(id),
  microstructure: z.exactOptional(z.object(microstructure)),
  quality: z.enum(["trades", "repaired", "kline", "empty", "incomplete"]),
  source: z.enum(["binance", "simulator", "replay"]),
};

/** Validates a bar that comes from outside of this process, e.g. from the journal's file. */
export const barSchema: z.ZodType<Bar> = z.object(shape);

/** The columns of a bar in a table, in the order of the contract; a nested name after its group's. */
export const BAR_FIELDS: readonly string[] = Object.keys(shape).flatMap((field) =>
  field === "microstructure" ? Object.keys(microstructure).map((name) => `${field}_${name}`) : field
);
