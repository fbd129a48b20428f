import { toMilliseconds } from "../../../../data/schema/time.ts";
import type { Frame } from "../../exchange.ts";

/** The kinds of errors for which a frame is rejected; they are counted by kind. */
export const REJECTIONS = [
  "UTF-8",
  "JSON",
  "shape",
  "symbol",
  "trade id",
  "aggregate trade id",
  "price",
  "quantity",
  "trade ids",
  "time",
  "maker flag",
] as const;

/** Why a frame is rejected. */
export type Rejection = typeof REJECTIONS[number];

/** What a frame of Binance contains. */
export type BinanceFrame =
  | Exclude<Frame, { readonly kind: "invalid" }>
  | { readonly kind: "invalid"; readonly reason: Rejection };

/** A trade precedes its event; clocks inside the exchange may differ by this much, ms. */
const LEAD_MS = 10_000;

/** Whole milliseconds of an exchange time in ms or us; NaN for one that is out of bounds. */
export function wholeMilliseconds(stamp: number): number {
  return Math.floor(toMilliseconds(stamp));
}

/** Whether a trade time is possible in an event of time `sent`, both ms UTC; false for NaN. */
export function isTimely(time: number, sent: number): boolean {
  return time <= sent + LEAD_MS;
}
