import type { CoreHmm, FilteredRows } from "../core-wasm/core.ts";
import { labelKey } from "./labels.ts";
import type { Scorecard } from "./schema/scorecard.ts";

const MINUTES_A_DAY = 1440;

type InSample = NonNullable<Scorecard["in_sample"]>;

/** Index of the most probable state of each row. */
function argmaxRows(posteriors: Float64Array, states: number): Uint8Array {
  const result = new Uint8Array(posteriors.length / states);
  for (let t = 0; t < result.length; t++) {
    let best = t * states;
    for (let i = best + 1; i < (t + 1) * states; i++) {
      if ((posteriors[i] ?? NaN) > (posteriors[best] ?? NaN)) best = i;
    }
    result[t] = best - t * states;
  }
  return result;
}

/**
 * Measures a model on the bars that it was trained on.
 *
 * @param labels Labels of the states.
 * @param filtered What the forward filter says of the bars.
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
  const bars = labels.map(() => 0);
  const runs = labels.map(() => 0);
  let first = 0;
  for (const length of lengths) {
    for (let t = first; t < first + length; t++) {
      const state = path[t] ?? 0;
      bars[state] = (bars[state] ?? 0) + 1;
      if (t === first || state !== path[t - 1]) runs[state] = (runs[state] ?? 0) + 1;
    }
    first += length;
  }
  const flips = runs.reduce((sum, number) => sum + number, 0) - lengths.length;
  const regimes = labels.map((label, k) => {
    const share = (bars[k] ?? 0) / path.length;
    const stay = hmm.transmat[k]?.[k] ?? NaN;
    return [labelKey(label), {
      share,
      expected_dwell_minutes: 1 / Math.max(1 - stay, Number.EPSILON),
      mean_dwell_minutes: share > 0 ? (bars[k] ?? 0) / (runs[k] ?? 0) : 0,
    }] as const;
  });
  return {
    log_likelihood_per_bar: filtered.logLikelihoods.reduce((sum, x) => sum + x, 0) / path.length,
    anomaly_rate: scores.reduce((sum, score) => sum + Number(score < offset), 0) / scores.length,
    flips_per_day: flips / path.length * MINUTES_A_DAY,
    regimes: Object.fromEntries(regimes),
  };
}

/** The scorecard as a table for the terminal. */
export function formatScorecard({ in_sample, fit }: Scorecard): string {
  const lines: string[] = [];
  const add = (name: string, value: string) => lines.push(`  ${name.padEnd(32)}${value}`);
  if (in_sample) {
    lines.push("On the training bars");
    add("log-likelihood per bar", `${in_sample.log_likelihood_per_bar.toFixed(6)} nats`);
    add("anomaly rate", `${(100 * in_sample.anomaly_rate).toFixed(3)} %`);
    add("regime changes per day", in_sample.flips_per_day.toFixed(1));
    for (const [key, regime] of Object.entries(in_sample.regimes)) {
      const share = `${(100 * regime.share).toFixed(1)} % of bars`;
      add(
        key,
        `${share}, ${regime.mean_dwell_minutes.toFixed(1)} minutes a visit ` +
          `(${regime.expected_dwell_minutes.toFixed(1)} by its transition probabilities)`,
      );
    }
  }
  if (fit) {
    const converged = fit.restarts.filter((restart) => restart.converged).length;
    lines.push("Baum-Welch");
    add("random starts", `${fit.restarts.length}, ${converged} converged`);
    add("final fit", `${fit.iterations} iterations, ${fit.converged ? "" : "not "}converged`);
  }
  return lines.join("\n");
}
