import type { Signal } from "../../engine/signal.ts";

/** The regimes' probabilities over one candle: of one minute, or the mean of several. */
export interface Posterior {
  /** Start, ms UTC. */
  readonly from: number;
  /** End, excluded. */
  readonly to: number;
  /** Probability of each regime, in canonical order. */
  readonly probabilities: readonly number[];
  /** The most probable regime. */
  readonly state: number;
}

/** Averages the posteriors of signals, sorted by time, over candles of `minutes`. */
export function toPosteriors(
  signals: readonly Signal[],
  regimes: readonly string[],
  minutes: number,
): readonly Posterior[] {
  const length = minutes * 60_000;
  const posteriors: Posterior[] = [];
  let sums: readonly number[] = [];
  let count = 0;
  for (const { timestamp, regime_probabilities: by } of signals) {
    const from = Math.floor(timestamp / length) * length;
    const added = regimes.map((regime) => by[regime] ?? 0);
    if (posteriors.at(-1)?.from === from) {
      posteriors.pop();
      sums = sums.map((sum, state) => sum + (added[state] ?? 0));
      count++;
    } else {
      sums = added;
      count = 1;
    }
    const probabilities = sums.map((sum) => sum / count);
    const state = probabilities.indexOf(Math.max(...probabilities));
    posteriors.push({ from, to: timestamp + 60_000, probabilities, state });
  }
  return posteriors;
}
