import type { CoreHmm } from "../../core-wasm/core.ts";

/** A model with its states reordered: `order[k]` is the old index of new state k. */
export function reorderStates(hmm: CoreHmm, order: readonly number[]): CoreHmm {
  const pick = <T>(values: readonly T[]): T[] => order.flatMap((k) => values.slice(k, k + 1));
  return {
    startprob: pick(hmm.startprob),
    transmat: pick(hmm.transmat).map(pick),
    means: pick(hmm.means),
    covars: pick(hmm.covars),
  };
}

/** A model with its states in ascending order of a feature's mean. */
export function sortByMean(hmm: CoreHmm, feature: number): CoreHmm {
  const mean = (k: number) => hmm.means[k]?.[feature] ?? NaN;
  const order = hmm.startprob.map((_, k) => k).sort((a, b) => mean(a) - mean(b));
  return reorderStates(hmm, order);
}
