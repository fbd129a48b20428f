import { toMilliseconds } from "../../../../data/schema/time.ts";
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

/** A trade happens before its event is sent; clocks inside the exchange may differ by so much, ms. */
const LEAD_MS = 10_000;

/**
 * Whole milliseconds UTC of a time in milliseconds or microseconds; NaN for a time outside of the
 * exchange's life.
 */
export function wholeMilliseconds(stamp: number): number {
  return Math.floor(toMilliseconds(stamp));
}

/** Whether a trade of that time can be in an event of that one, both ms UTC; false for NaN. */
export function isTimely(time: number, sent: number): boolean {
  return time <= sent + LEAD_MS;
}
