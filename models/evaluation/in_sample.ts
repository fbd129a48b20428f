import type { CoreHmm, FilteredRows } from "../../core-wasm/core.ts";
import { argmaxRows, countVisits, expectedDwell } from "./paths.ts";
import { labelKey } from "../../data/schema/signal.ts";
import type { Scorecard } from "../artifact/scorecard.ts";
import { DAY_MINUTES } from "../../data/schema/time.ts";

type InSample = NonNullable<Scorecard["in_sample"]>;

/**
 * Measures a model on its own training bars.
 *
 * @param labels Labels of the states.
 * @param filtered The forward filter's output for the bars.
 * @param lengths Bars of each sequence.
 * @param scores Anomaly scores of the bars.
 * @param offset A score below it is anomalous.
 */
export function measureInSample(
  hmm: CoreHmm,
  labels: readonly string[],
  filtered: FilteredRows,
  lengths: readonly number[],
  scores: Float64Array,
  offset: number,
): InSample {
  const path = argmaxRows(filtered.posteriors, labels.length);
  const { bars, runs, flips } = countVisits(path, lengths, labels.length);
  const regimes = labels.map((label, k) => {
    const share = (bars[k] ?? 0) / path.length;
    return [labelKey(label), {
      share,
      expected_dwell_minutes: expectedDwell(hmm.transmat, k),
      mean_dwell_minutes: share > 0 ? (bars[k] ?? 0) / (runs[k] ?? 0) : 0,
    }] as const;
  });
  return {
    log_likelihood_per_bar: filtered.logLikelihoods.reduce((sum, x) => sum + x, 0) / path.length,
    anomaly_rate: scores.reduce((sum, score) => sum + Number(score < offset), 0) / scores.length,
    flips_per_day: flips / path.length * DAY_MINUTES,
    regimes: Object.fromEntries(regimes),
  };
}
