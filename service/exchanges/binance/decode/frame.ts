import type { Trade } from "../../../../data/schema/trade.ts";

/** Why a frame cannot be used; the same word for the same kind of fault, so that it is counted. */
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

/** The kind of a fault. */
export type Rejection = typeof REJECTIONS[number];

/** What a frame of the exchange turned out to be. */
export type Frame =
  | { readonly kind: "trade"; readonly trade: Trade }
  /** The exchange is about to close the connection. */
  | { readonly kind: "shutdown" }
  /** Well-formed and of no interest, e.g. another stream. */
  | { readonly kind: "other" }
  /** Not to be used. */
  | { readonly kind: "invalid"; readonly reason: Rejection };

/** Times above this are microseconds (`timeUnit=MICROSECOND`). */
const MICROSECONDS_FROM = 1e14;
/** The exchange opened in 2017; a time outside of this century of its trading is none, ms UTC. */
const EARLIEST = Date.UTC(2017, 0, 1);
const LATEST = Date.UTC(2117, 0, 1);
/** A trade happens before its event is sent; clocks inside the exchange may differ by so much, ms. */
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

/** Whether a trade of that time can be in an event of that one, both ms UTC; false for NaN. */
export function isTimely(time: number, sent: number): boolean {
  return time <= sent + LEAD_MS;
}
