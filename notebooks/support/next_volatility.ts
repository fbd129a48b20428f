import { FEATURE_INPUTS } from "../../core-wasm/core.ts";
import { measureOutcomes } from "../../models/evaluation/outcomes.ts";
import type { BarSequence } from "../../models/training/sequences.ts";

/**
 * Mean realized volatility of the 15 minutes after the bars of each state, basis points; NaN for a
 * state that does not occur.
 *
 * @param first Index of the first bar.
 * @param path State of each bar from `first` on.
 */
export function volatilityAfter(
  { bars, start }: BarSequence,
  first: number,
  path: Uint8Array,
  states: number,
): readonly number[] {
  const length = bars.length / FEATURE_INPUTS.length - first;
  const { volatility } = measureOutcomes(bars, [{ first, length, start }]);
  return Array.from({ length: states }, (_, state) => {
    const after = volatility.filter((value, t) => path[t] === state && !Number.isNaN(value));
    return after.reduce((sum, value) => sum + value, 0) / after.length;
  });
}
