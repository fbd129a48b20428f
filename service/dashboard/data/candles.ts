import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";

/** One candle of one or more minutes. */
export interface Candle {
  /** Start of the candle, ms UTC. */
  readonly from: number;
  /** End of the candle, excluded. */
  readonly to: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** Whether any of its minutes is anomalous. */
  readonly anomalous: boolean;
}

/** The closed candles and the forming one. */
export interface Candles {
  readonly closed: readonly Candle[];
  /** Null before its first minute. */
  readonly forming: Candle | null;
}

/** Lengths of candles, minutes; all are intervals of the exchange. */
const LENGTHS = [1, 3, 5, 15, 30, 60] as const;
/** Narrowest legible candle. */
const NARROWEST_PX = 4;

/** The shortest candle length, minutes, at which a span is legible in `width` pixels. */
export function candleMinutes(spanMinutes: number, width: number): number {
  const fits = LENGTHS.find((minutes) => width / (spanMinutes / minutes) >= NARROWEST_PX);
  return fits ?? 60;
}

/**
 * Folds one-minute signals, sorted by time, and the nowcast of the minute after them into
 * candles. Candles are aligned to multiples of their length.
 */
export function toCandles(
  signals: readonly Signal[],
  nowcast: Signal | null,
  minutes: number,
): Candles {
  const length = minutes * MINUTE_MS;
  const candles: Candle[] = [];
  for (const signal of nowcast === null ? signals : [...signals, nowcast]) {
    const { timestamp, open, high, low, close, volume } = signal;
    const anomalous = signal.is_anomaly === true;
    const from = Math.floor(timestamp / length) * length;
    const current = candles.at(-1);
    if (current?.from !== from) {
      candles.push({ from, to: from + length, open, high, low, close, volume, anomalous });
      continue;
    }
    candles[candles.length - 1] = {
      ...current,
      high: Math.max(current.high, high),
      low: Math.min(current.low, low),
      close,
      volume: current.volume + volume,
      anomalous: current.anomalous || anomalous,
    };
  }
  const last = candles.at(-1);
  const closedUntil = (signals.at(-1)?.timestamp ?? -Infinity) + MINUTE_MS;
  return last === undefined || last.to <= closedUntil
    ? { closed: candles, forming: null }
    : { closed: candles.slice(0, -1), forming: last };
}

/** The candle, closed or forming, in which a minute lies; undefined if it has no data. */
export function candleAt({ closed, forming }: Candles, minute: number): Candle | undefined {
  const covers = ({ from, to }: Candle) => minute >= from && minute < to;
  return forming !== null && covers(forming) ? forming : closed.find(covers);
}
