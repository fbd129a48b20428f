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

/** Times from this value on are microseconds (`timeUnit=MICROSECOND`). */
const MICROSECONDS_FROM = 1e14;
/** The exchange opened in 2017; a time outside of this century is invalid, ms UTC. */
const EARLIEST = Date.UTC(2017, 0, 1);
const LATEST = Date.UTC(2117, 0, 1);
/** A trade precedes its event; clocks inside the exchange may differ by this much, ms. */
const LEAD_MS = 10_000;

/**
 * Milliseconds UTC of a time in milliseconds or microseconds; NaN for a time outside of the
 * exchange's life.
 *
 * @param stamp A whole number.
 */
export function toMilliseconds(stamp: number): number {
  const time = stamp >= MICROSECONDS_FROM ? Math.floor(stamp / 1000) : stamp;
  return time >= EARLIEST && time < LATEST ? time : NaN;
}

/** Whether a trade time is possible in an event of time `sent`, both ms UTC; false for NaN. */
export function isTimely(time: number, sent: number): boolean {
  return time <= sent + LEAD_MS;
}
