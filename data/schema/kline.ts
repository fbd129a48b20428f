import * as z from "zod/mini";
import type { DeepReadonly } from "./define.ts";
import { ABOUT } from "./about.ts";
import { flowShape, ohlcvShape } from "./minute.ts";
import { isSoundMinute, MINUTE_COLUMNS } from "./sound.ts";

/** One kline of the exchange, with the columns of its history files. */
export const klineSchema = z.object({
  open_time: z.int().register(ABOUT, { description: "Open time, ms UTC, on a full minute" }),
  ...ohlcvShape,
  ...flowShape,
}).check(z.refine((kline) => isSound(kline), "must be sound"));

/** One kline of the exchange; {@linkcode klineSchema} describes its fields. */
export type Kline = DeepReadonly<z.infer<typeof klineSchema>>;

/** Name of a column of klines. */
export type KlineColumn = keyof Kline;

/** The columns of klines, in the order of the exchange's history files. */
export const KLINE_COLUMNS: readonly KlineColumn[] = ["open_time", ...MINUTE_COLUMNS];

/** Whether a kline is {@linkcode isSoundMinute | sound}. */
export function isSound(kline: Kline): boolean {
  return isSoundMinute(kline.open_time, kline);
}
