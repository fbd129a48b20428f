import { FEWEST_FORECASTS, type LiveWindow } from "../../../data/schema/live.ts";
import type { ScoreSums } from "./market_scores.ts";

/** A mean that is null where it is one of too few. */
function meanOf(sum: number, count: number): number | null {
  return count < FEWEST_FORECASTS ? null : sum / count;
}

/** The scores of a window, from its sums. */
export function windowOf(sums: ScoreSums): LiveWindow {
  const { forecasts, forecasts60, thresholds } = sums;
  const enough = forecasts >= FEWEST_FORECASTS;
  return {
    forecasts,
    forecasts_60: forecasts60,
    coverage_80: meanOf(sums.covered, forecasts),
    coverage_80_60: meanOf(sums.covered60, forecasts60),
    brier_label: meanOf(sums.label, forecasts),
    // Beside the model's own it says something only over the same minutes.
    brier_threshold: thresholds === forecasts ? meanOf(sums.threshold, thresholds) : null,
    brier_change: meanOf(sums.change, sums.changes),
    log_score: meanOf(sums.log, forecasts),
    log_score_expected: meanOf(sums.expected, forecasts),
    shocks: enough ? sums.shocks : null,
  };
}
