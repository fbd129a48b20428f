import { MINUTE_MS } from "../../../data/schema/time.ts";

/** A time span of the charts, minutes. */
export type Span = 60 | 180 | 360 | 720 | 1440;

/** The spans to choose from, shortest first. */
export const SPANS: readonly Span[] = [60, 180, 360, 720, 1440];

/** The default span: long enough for regimes, short enough for one-minute candles. */
export const DEFAULT_SPAN: Span = 180;

/** The visible time: `from` included, `to` excluded, ms UTC. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
}

/** Whether a time is visible. */
export function isIn({ from, to }: TimeWindow, time: number): boolean {
  return time >= from && time < to;
}

/** A span as a label: `3 h`. */
export function spanLabel(span: Span): string {
  return `${span / 60} h`;
}

/** Parses a span in minutes; the default if it is not one of {@linkcode SPANS}. */
export function parseSpan(text: string | null): Span {
  return SPANS.find((span) => String(span) === text) ?? DEFAULT_SPAN;
}

/**
 * The window of `span` minutes that ends with the forming candle. Its place is free before the
 * first nowcast, so that nothing shifts when the nowcast arrives.
 */
export function windowOf(lastBar: number, span: Span, candleMinutes: number): TimeWindow {
  const length = candleMinutes * MINUTE_MS;
  const to = Math.ceil((lastBar + 2 * MINUTE_MS) / length) * length;
  return { from: to - span * MINUTE_MS, to };
}
