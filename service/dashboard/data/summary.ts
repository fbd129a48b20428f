import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { Outputs } from "./outputs.ts";

/** Totals over a list of signals. */
export interface Summary {
  /** Share of the minutes with output that is in each regime, in canonical order; null if none. */
  readonly shares: readonly number[] | null;
  /** Number of regime changes; null without output. */
  readonly changes: number | null;
  /** Number of anomalies; null without a score. */
  readonly anomalies: number | null;
  /** Share of the minutes with a score that is anomalous. */
  readonly anomalyRate: number;
  /** Minutes without a signal. */
  readonly missing: number;
}

/** Summarizes signals sorted by time, with the regimes of one model; null for an empty list. */
export function summarize(
  signals: readonly Signal[],
  outputs: Outputs,
  regimes: number,
): Summary | null {
  const [first, last] = [signals[0], signals.at(-1)];
  if (first === undefined || last === undefined) return null;
  const minutes = Array.from({ length: regimes }, () => 0);
  let changes = 0;
  let anomalies = 0;
  let judged = 0;
  let scored = 0;
  let before: number | undefined;
  for (const signal of signals) {
    if (signal.is_anomaly !== null) judged++;
    if (signal.is_anomaly === true) anomalies++;
    const state = outputs(signal)?.state;
    if (state === undefined) continue;
    scored++;
    minutes[state] = (minutes[state] ?? 0) + 1;
    if (before !== undefined && state !== before) changes++;
    before = state;
  }
  return {
    shares: scored === 0 ? null : minutes.map((each) => each / scored),
    changes: scored === 0 ? null : changes,
    anomalies: judged === 0 ? null : anomalies,
    anomalyRate: judged === 0 ? 0 : anomalies / judged,
    missing: (last.timestamp - first.timestamp) / MINUTE_MS + 1 - signals.length,
  };
}
