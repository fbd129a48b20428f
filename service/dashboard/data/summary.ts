import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { Opinions } from "./opinions.ts";

/** What a stretch of signals amounts to. */
export interface Summary {
  /** Share of the minutes that the model saw in each regime, in canonical order. */
  readonly shares: readonly number[];
  /** Times that the regime changed. */
  readonly changes: number;
  readonly anomalies: number;
  /** Share of its minutes that were anomalous. */
  readonly anomalyRate: number;
  /** Minutes that have no signal. */
  readonly missing: number;
}

/** Sums up signals sorted by time, the regimes as one model saw them; null when there are none. */
export function summarize(
  signals: readonly Signal[],
  opinions: Opinions,
  regimes: number,
): Summary | null {
  const [first, last] = [signals[0], signals.at(-1)];
  if (first === undefined || last === undefined) return null;
  const minutes = Array.from({ length: regimes }, () => 0);
  let changes = 0;
  let anomalies = 0;
  let seen = 0;
  let before: number | undefined;
  for (const signal of signals) {
    if (signal.is_anomaly) anomalies++;
    const state = opinions(signal)?.state;
    if (state === undefined) continue;
    seen++;
    minutes[state] = (minutes[state] ?? 0) + 1;
    if (before !== undefined && state !== before) changes++;
    before = state;
  }
  return {
    shares: minutes.map((each) => seen === 0 ? 0 : each / seen),
    changes,
    anomalies,
    anomalyRate: anomalies / signals.length,
    missing: (last.timestamp - first.timestamp) / MINUTE_MS + 1 - signals.length,
  };
}
