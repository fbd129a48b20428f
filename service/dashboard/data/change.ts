import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import { firstAtOrAfter } from "./span.ts";

/** How far from the wanted time a reference price may lie. */
const TOLERANCE_MS = 5 * MINUTE_MS;

/**
 * Relative change of `price` since `time`: against the close of the bar that ended
 * then, or the nearest before it. Null when the history does not reach back that far.
 */
export function changeSince(
  signals: readonly Signal[],
  price: number,
  time: number,
): number | null {
  const reference = signals[firstAtOrAfter(signals, time) - 1];
  if (reference === undefined || reference.close <= 0) return null;
  if (time - (reference.timestamp + MINUTE_MS) > TOLERANCE_MS) return null;
  return price / reference.close - 1;
}
