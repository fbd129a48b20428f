import { DAY_MINUTES, MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { TimeWindow } from "./span.ts";

/** Minutes that the page keeps: the longest span and the hour before it. */
const CAPACITY = DAY_MINUTES + 60;

/**
 * Merges final signals into a history sorted by time, one signal a minute. An incoming signal
 * replaces the one of its minute. Simulated and real data never mix: only signals with the
 * source of the newest incoming one are kept, at most the newest `capacity`.
 */
export function mergeSignals(
  known: readonly Signal[],
  incoming: readonly Signal[],
  capacity = CAPACITY,
): readonly Signal[] {
  if (incoming.length === 0) return known;
  const byTime = new Map<number, Signal>();
  for (const signal of known) byTime.set(signal.timestamp, signal);
  for (const signal of incoming) {
    if (signal.final) byTime.set(signal.timestamp, signal);
  }
  const merged = [...byTime.values()].sort((a, b) => a.timestamp - b.timestamp);
  const source = incoming.at(-1)?.source;
  return merged.filter((signal) => signal.source === source).slice(-capacity);
}

/** The nowcast, or null if its minute already has a final signal or its source differs. */
export function currentNowcast(
  signals: readonly Signal[],
  nowcast: Signal | null,
): Signal | null {
  const last = signals.at(-1);
  if (nowcast === null || last === undefined) return nowcast;
  return nowcast.timestamp > last.timestamp && nowcast.source === last.source ? nowcast : null;
}

/** Lag at which a history is behind: one bar may be in transit. */
const BEHIND_MS = 2 * MINUTE_MS;

/** Whether the service, whose last bar opened at `lastBar`, has minutes that are missing here. */
export function isBehind(signals: readonly Signal[], lastBar: number | null): boolean {
  if (lastBar === null) return false;
  const last = signals.at(-1);
  return last === undefined || lastBar - last.timestamp >= BEHIND_MS;
}

/**
 * Whether minutes are missing between a history and a live signal: the stream brings news only, so
 * what the service loaded as history meanwhile has to be asked for.
 */
export function leavesGap(signals: readonly Signal[], { timestamp }: Signal): boolean {
  const last = signals.at(-1);
  return last === undefined || timestamp - last.timestamp > MINUTE_MS;
}

/** Index of the first signal at or after `timestamp` in a list sorted by time. */
export function firstAtOrAfter(signals: readonly Signal[], timestamp: number): number {
  let low = 0;
  let high = signals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((signals[middle]?.timestamp ?? Infinity) < timestamp) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The signals inside a window, from a list sorted by time. */
export function visibleSignals(
  signals: readonly Signal[],
  { from, to }: TimeWindow,
): readonly Signal[] {
  return signals.slice(firstAtOrAfter(signals, from), firstAtOrAfter(signals, to));
}

/** Largest age of a reference price at the wanted time. */
const TOLERANCE_MS = 5 * MINUTE_MS;

/**
 * Relative change of `price` since `time`, against the close of the last bar that had ended by
 * then. Null if the history has no such bar within five minutes.
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
