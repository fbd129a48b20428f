/** Scores against true labels, which only a simulated market has. */
import { quantile } from "../../core-wasm/core.ts";
import { measureDelay } from "./delay.ts";
import { adjustedRandIndex } from "./rand_index.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

/** Bars with true labels and the path of a filter. */
export interface LabelledPath {
  /** True regime of each bar, 0 to `regimes - 1`. */
  readonly labels: Uint8Array;
  /** The filter's state at each bar. */
  readonly path: Uint8Array;
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

/** Scores of a filter whose states are not the regimes. */
export interface MappedScore extends LabelScore {
  /** Regime that each state is mapped to. */
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
 * Scores a filter's path after mapping its states to regimes. The map comes from other bars than the
 * scores.
 *
 * @param train Bars for the map from states to regimes.
 * @param test Later bars, one sequence, for the scores.
 * @throws RangeError when arrays are empty or of different lengths.
 */
export function scoreMapped(
  train: LabelledPath,
  test: LabelledPath,
  { states, regimes }: { readonly states: number; readonly regimes: number },
): MappedScore {
  for (const [part, { labels, path }] of Object.entries({ train, test })) {
    if (labels.length > 0 && labels.length === path.length) continue;
    throw new RangeError(
      `Cannot score as labels and path of ${part} must have the same number of bars, at least 1: ` +
        `current values are ${labels.length} and ${path.length}`,
    );
  }
  const regimesOfStates = assignStates(train.path, train.labels, states, regimes);
  const mapped = test.path.map((state) => regimesOfStates[state] ?? 0);
  return {
    ...scoreAgainstLabels(mapped, test.labels, [mapped.length]),
    regimes_of_states: regimesOfStates,
  };
}
