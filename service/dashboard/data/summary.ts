import type { Signal } from "../../engine/signal.ts";

/** What a stretch of signals amounts to. */
export interface Summary {
  /** Share of its minutes that each regime named, in canonical order. */
  readonly shares: readonly number[];
  /** Times that the regime changed. */
  readonly changes: number;
  readonly anomalies: number;
  /** Share of its minutes that were anomalous. */
  readonly anomalyRate: number;
  /** Minutes that have no signal. */
  readonly missing: number;
}

/** Sums up signals sorted by time; null when there are none. */
export function summarize(signals: readonly Signal[], regimes: number): Summary | null {
  const [first, last] = [signals[0], signals.at(-1)];
  if (first === undefined || last === undefined) return null;
  const minutes = Array.from({ length: regimes }, () => 0);
  let changes = 0;
  let anomalies = 0;
  let before = first.regime_state;
  for (const { regime_state: state, is_anomaly: anomalous } of signals) {
    minutes[state] = (minutes[state] ?? 0) + 1;
    if (state !== before) changes++;
    if (anomalous) anomalies++;
    before = state;
  }
  return {
    shares: minutes.map((each) => each / signals.length),
    changes,
    anomalies,
    anomalyRate: anomalies / signals.length,
    missing: (last.timestamp - first.timestamp) / 60_000 + 1 - signals.length,
  };
}
