import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";

/** A stretch of time that the charts can show, in minutes. */
export type Span = 60 | 180 | 360 | 720 | 1440;

/** The spans on offer, shortest first. */
export const SPANS: readonly Span[] = [60, 180, 360, 720, 1440];

/** The span a first visitor sees: long enough for regimes, short enough for one-minute candles. */
export const DEFAULT_SPAN: Span = 180;

/** The visible stretch of time: `from` included, `to` excluded, ms UTC. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** A span in words: `3 h`. */
export function spanLabel(span: Span): string {
  return `${span / 60} h`;
}

/** The span that `text` (minutes) names, or the default. */
export function parseSpan(text: string | null): Span {
  return SPANS.find((span) => String(span) === text) ?? DEFAULT_SPAN;
}

/**
 * The window of `span` minutes that ends with the candle now forming, whose place is
 * kept free even before the first nowcast, so that nothing shifts when it comes.
 */
export function windowOf(lastBar: number, span: Span, candleMinutes: number): TimeWindow {
  const length = candleMinutes * MINUTE_MS;
  const to = Math.ceil((lastBar + 2 * MINUTE_MS) / length) * length;
  return { from: to - span * MINUTE_MS, to };
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

/** The signals inside a window, of a list sorted by time. */
export function visibleSignals(
  signals: readonly Signal[],
  { from, to }: TimeWindow,
): readonly Signal[] {
  return signals.slice(firstAtOrAfter(signals, from), firstAtOrAfter(signals, to));
}
