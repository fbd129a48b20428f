import { MINUTE_MS } from "../../../data/schema/time.ts";
import type { Signal } from "../../../data/schema/signal.ts";
import type { Outputs } from "./outputs.ts";

/** Regime probabilities of one candle: of one minute, or the mean over several. */
export interface Posterior {
  /** Start, ms UTC. */
  readonly from: number;
  /** End, excluded. */
  readonly to: number;
  /** Probability of each regime, in canonical order. */
  readonly probabilities: readonly number[];
  /** The regime of a minute as its model names it; of several minutes the most probable one. */
  readonly state: number;
}

/** Averages a model's posteriors over candles of `minutes`. Minutes without output are skipped. */
export function toPosteriors(
  signals: readonly Signal[],
  outputs: Outputs,
  regimes: readonly string[],
  minutes: number,
): readonly Posterior[] {
  const length = minutes * MINUTE_MS;
  const posteriors: Posterior[] = [];
  let sums: readonly number[] = [];
  let count = 0;
  for (const signal of signals) {
    const { timestamp } = signal;
    const output = outputs(signal);
    if (output === undefined) continue;
    const { probabilities: by } = output;
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
    const state = count === 1 ? output.state : probabilities.indexOf(Math.max(...probabilities));
    posteriors.push({ from, to: timestamp + MINUTE_MS, probabilities, state });
  }
  return posteriors;
}

/** The posterior of the candle of `minutes` in which a minute lies; undefined if there is none. */
export function posteriorAt(
  posteriors: readonly Posterior[],
  minute: number,
  minutes: number,
): Posterior | undefined {
  const length = minutes * MINUTE_MS;
  return posteriors.find(({ from }) => minute >= from && minute < from + length);
}
