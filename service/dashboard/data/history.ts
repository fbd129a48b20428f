import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";

/** Minutes that the page keeps: the longest span and the hour before it. */
export const CAPACITY = 1440 + 60;

/**
 * Merges signals into a history sorted by time, one a minute: an incoming signal
 * replaces the one it repeats. Simulated and real data never mix: only signals of
 * the newest one's source stay. At most `capacity` of the newest are kept.
 */
export function mergeSignals(
  held: readonly Signal[],
  incoming: readonly Signal[],
  capacity = CAPACITY,
): readonly Signal[] {
  if (incoming.length === 0) return held;
  const byTime = new Map<number, Signal>();
  for (const signal of held) byTime.set(signal.timestamp, signal);
  for (const signal of incoming) {
    if (signal.final) byTime.set(signal.timestamp, signal);
  }
  const merged = [...byTime.values()].sort((a, b) => a.timestamp - b.timestamp);
  const source = incoming.at(-1)?.source;
  return merged.filter((signal) => signal.source === source).slice(-capacity);
}

/** The nowcast to show beside a history: only while its minute has no final signal yet. */
export function currentNowcast(
  signals: readonly Signal[],
  nowcast: Signal | null,
): Signal | null {
  const last = signals.at(-1);
  if (nowcast === null || last === undefined) return nowcast;
  return nowcast.timestamp > last.timestamp && nowcast.source === last.source ? nowcast : null;
}

/** How far the service may be ahead before the page asks: a bar may be on its way. */
const BEHIND_MS = 2 * MINUTE_MS;

/** Whether the service, whose last bar opened at `lastBar`, knows minutes that are not here. */
export function isBehind(signals: readonly Signal[], lastBar: number | null): boolean {
  if (lastBar === null) return false;
  const last = signals.at(-1);
  return last === undefined || lastBar - last.timestamp >= BEHIND_MS;
}
