import { quantile } from "../../core-wasm/core.ts";
import { measureDelay } from "./delay.ts";
import { adjustedRandIndex } from "./rand_index.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

/** Labelled bars of a market whose regimes are known. */
export interface KnownBars {
  /** True regime of each bar, 0 to `regimes - 1`. */
  readonly truth: Uint8Array;
  /** Filtered path of the model: its most probable state at each bar. */
  readonly model: Uint8Array;
  /** Filtered path of the Bayes-optimal filter, in the regimes' numbers. */
  readonly optimal: Uint8Array;
  /** Bars of each sequence. */
  readonly lengths: readonly number[];
}

/** How well a filter tells the true regime. */
export interface TruthScore {
  /** Share of bars at which it is right. */
  readonly accuracy: number;
  /** Adjusted Rand index of its path and the truth. */
  readonly rand_index: number;
  /** Bars from a true change that lasts to its detection, see `measureDelay`; null without any. */
  readonly median_lag_minutes: number | null;
  /** Share of the true changes that last which it never saw; null without any. */
  readonly missed: number | null;
  /** Changes of its path into a regime that is not the true one at that bar, in 1,440 bars. */
  readonly false_alarms_per_day: number;
}

/** A model beside the Bayes-optimal filter. */
export interface TruthEvaluation {
  readonly model: TruthScore;
  readonly optimal: TruthScore;
  /** The model's accuracy over the optimal filter's. */
  readonly accuracy_ratio: number;
  /** Regime that each state of the model stands for. */
  readonly regimes_of_states: readonly number[];
}

/**
 * Regime that each state stands for: the one that it most often met. Several states may stand for
 * one regime; a state that never was stands for regime 0.
 */
export function assignStates(
  path: Uint8Array,
  truth: Uint8Array,
  states: number,
  regimes: number,
): readonly number[] {
  const counts = new Int32Array(states * regimes);
  for (let t = 0; t < path.length; t++) {
    const cell = (path[t] ?? 0) * regimes + (truth[t] ?? 0);
    counts[cell] = (counts[cell] ?? 0) + 1;
  }
  return Array.from({ length: states }, (_, state) => {
    const row = counts.subarray(state * regimes, (state + 1) * regimes);
    return row.indexOf(Math.max(...row));
  });
}

function countFalseAlarms(
  path: Uint8Array,
  truth: Uint8Array,
  lengths: readonly number[],
): number {
  let alarms = 0;
  let first = 0;
  for (const length of lengths) {
    for (let t = first + 1; t < first + length; t++) {
      if (path[t] !== path[t - 1] && path[t] !== truth[t]) alarms++;
    }
    first += length;
  }
  return alarms;
}

/**
 * Scores a path against the truth.
 *
 * @param path In the regimes' numbers.
 */
export function scoreAgainstTruth(
  path: Uint8Array,
  truth: Uint8Array,
  lengths: readonly number[],
): TruthScore {
  const right = path.filter((regime, t) => regime === truth[t]).length;
  const { changes, missed, delays } = measureDelay(truth, path, lengths);
  const sorted = Float64Array.from(delays).sort();
  return {
    accuracy: right / path.length,
    rand_index: adjustedRandIndex(path, truth),
    median_lag_minutes: sorted.length > 0 ? quantile(sorted, 0.5) : null,
    missed: changes > 0 ? missed / changes : null,
    false_alarms_per_day: countFalseAlarms(path, truth, lengths) / path.length * DAY_MINUTES,
  };
}

/**
 * Evaluates a model on a market whose truth is known, beside the Bayes-optimal filter. What its
 * states stand for is learnt on other bars than it is judged on; the optimal filter needs no such
 * thing, as its states are the regimes.
 *
 * @param train Bars that the states' meaning is learnt on.
 * @param test Later bars.
 * @throws RangeError when arrays are empty or of different lengths.
 */
export function evaluateAgainstTruth(
  train: Pick<KnownBars, "truth" | "model">,
  test: KnownBars,
  { states, regimes }: { readonly states: number; readonly regimes: number },
): TruthEvaluation {
  const { truth, lengths } = test;
  const bars = lengths.reduce((sum, length) => sum + length, 0);
  const counts = [truth.length, test.model.length, test.optimal.length, bars];
  if (bars === 0 || counts.some((count) => count !== bars)) {
    throw new RangeError(
      `Cannot compare truth, model, optimal filter and sequences of ${counts.join(", ")} bars: ` +
        "they must be as many, and some",
    );
  }
  if (train.truth.length === 0 || train.truth.length !== train.model.length) {
    throw new RangeError(
      `Cannot learn what states stand for from ${train.truth.length} true regimes and ` +
        `${train.model.length} states: they must be as many, and some`,
    );
  }
  const regimesOfStates = assignStates(train.model, train.truth, states, regimes);
  const mapped = test.model.map((state) => regimesOfStates[state] ?? 0);
  const model = scoreAgainstTruth(mapped, truth, lengths);
  const optimal = scoreAgainstTruth(test.optimal, truth, lengths);
  return {
    model,
    optimal,
    accuracy_ratio: model.accuracy / optimal.accuracy,
    regimes_of_states: regimesOfStates,
  };
}
