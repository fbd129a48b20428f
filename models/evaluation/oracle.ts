/**
 * Scores against true labels, which only a simulated market has. The baseline is an oracle: a
 * filter with the market's true parameters, the best of those that see what it sees.
 */
import { quantile } from "../../core-wasm/core.ts";
import { measureDelay } from "./delay.ts";
import { adjustedRandIndex } from "./rand_index.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

/** Bars with true labels, and the paths of two filters. */
export interface LabelledBars {
  /** True regime of each bar, 0 to `regimes - 1`. */
  readonly labels: Uint8Array;
  /** The model's most probable state at each bar. */
  readonly model: Uint8Array;
  /** The oracle's most probable regime at each bar. */
  readonly oracle: Uint8Array;
  /** Bars of each sequence. */
  readonly lengths: readonly number[];
}

/** Scores of a path against true labels. */
export interface LabelScore {
  /** Share of bars with the true regime. */
  readonly accuracy: number;
  /** Adjusted Rand index of path and labels. */
  readonly rand_index: number;
  /** Median delay of lasting true changes, bars, see `measureDelay`; null without any. */
  readonly median_lag_minutes: number | null;
  /** Share of lasting true changes that the path never makes; null without any. */
  readonly missed: number | null;
  /** Changes of the path into a regime that is not the true one, per 1,440 bars. */
  readonly false_alarms_per_day: number;
}

/** Scores of a model and of the oracle. */
export interface OracleComparison {
  readonly model: LabelScore;
  readonly oracle: LabelScore;
  /** The model's accuracy divided by the oracle's. */
  readonly accuracy_ratio: number;
  /** Regime that each state of the model is mapped to. */
  readonly regimes_of_states: readonly number[];
}

/**
 * Maps each state to the regime with which it coincides most often. Several states may map to one
 * regime; a state that does not occur maps to regime 0.
 */
export function assignStates(
  path: Uint8Array,
  labels: Uint8Array,
  states: number,
  regimes: number,
): readonly number[] {
  const counts = new Int32Array(states * regimes);
  for (let t = 0; t < path.length; t++) {
    const cell = (path[t] ?? 0) * regimes + (labels[t] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return Array.from({ length: states }, (_, state) => {
    const row = counts.subarray(state * regimes, (state + 1) * regimes);
    return row.indexOf(Math.max(...row));
  });
}

function countFalseAlarms(
  path: Uint8Array,
  labels: Uint8Array,
  lengths: readonly number[],
): number {
  let alarms = 0;
  let first = 0;
  for (const length of lengths) {
    for (let t = first + 1; t < first + length; t++) {
      if (path[t] !== path[t - 1] && path[t] !== labels[t]) alarms++;
    }
    first += length;
  }
  return alarms;
}

/**
 * Scores a path of regimes against true labels.
 *
 * @param lengths Bars of each sequence.
 */
export function scoreAgainstLabels(
  path: Uint8Array,
  labels: Uint8Array,
  lengths: readonly number[],
): LabelScore {
  const right = path.filter((regime, t) => regime === labels[t]).length;
  const { changes, missed, delays } = measureDelay(labels, path, lengths);
  const sorted = Float64Array.from(delays).sort();
  return {
    accuracy: right / path.length,
    rand_index: adjustedRandIndex(path, labels),
    median_lag_minutes: sorted.length > 0 ? quantile(sorted, 0.5) : null,
    missed: changes > 0 ? missed / changes : null,
    false_alarms_per_day: countFalseAlarms(path, labels, lengths) / path.length * DAY_MINUTES,
  };
}

/**
 * Compares a model with the oracle. The map from states to regimes comes from other bars than the
 * scores; the oracle's states are the regimes.
 *
 * @param train Bars for the map from states to regimes.
 * @param test Later bars, for the scores.
 * @throws RangeError when arrays are empty or of different lengths.
 */
export function compareWithOracle(
  train: Pick<LabelledBars, "labels" | "model">,
  test: LabelledBars,
  { states, regimes }: { readonly states: number; readonly regimes: number },
): OracleComparison {
  const { labels, lengths } = test;
  const bars = lengths.reduce((sum, length) => sum + length, 0);
  const counts = [labels.length, test.model.length, test.oracle.length, bars];
  if (bars === 0 || counts.some((count) => count !== bars)) {
    throw new RangeError(
      "Cannot compare as labels, model, oracle and sequences must have the same number of bars, " +
        `at least 1: current values are ${counts.join(", ")}`,
    );
  }
  if (train.labels.length === 0 || train.labels.length !== train.model.length) {
    throw new RangeError(
      "Cannot map states to regimes as labels and model must have the same number of bars, at " +
        `least 1: current values are ${train.labels.length} and ${train.model.length}`,
    );
  }
  const regimesOfStates = assignStates(train.model, train.labels, states, regimes);
  const mapped = test.model.map((state) => regimesOfStates[state] ?? 0);
  const model = scoreAgainstLabels(mapped, labels, lengths);
  const oracle = scoreAgainstLabels(test.oracle, labels, lengths);
  return {
    model,
    oracle,
    accuracy_ratio: model.accuracy / oracle.accuracy,

    regimes_of_states: regimesOfStates,
  };
}
