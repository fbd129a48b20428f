import type { ForecastHeldOut } from "../../../models/artifact/forecast_scorecard.ts";
import type { Figure } from "../figure.ts";
import { differenceChart, place } from "./differences.ts";

const METRICS = [
  ["accuracy", "Share of bars with the right tercile", "share"],
  ["log_score", "Log score", "nats per bar"],
  ["rank_correlation", "Rank correlation with what came, pooled", "Spearman's rho"],
] as const;

const BASELINES = [
  ["har", "HAR-RV"],
  ["ewma", "EWMA of squared returns"],
  ["garch", "GARCH(1,1)-t"],
  ["hysteresis", "hysteresis threshold on the range"],
  ["label", "the model's own label"],
] as const;

const BASES = [
  ["absolute", "absolute terciles"],
  ["week", "against the week"],
] as const;

/** The model's figures minus each baseline's, by metric; `of` names the bars. */
export function comparisonCharts(heldOut: ForecastHeldOut, of: string): readonly Figure[] {
  return METRICS.map(([metric, words, unit]) =>
    differenceChart(
      BASES.flatMap(([basis, column]) =>
        BASELINES.flatMap(([name, row]) =>
          place(heldOut[basis].baselines[name].model_minus[metric], row, column)
        )
      ),
      { heading: `${words}, minus that of … (${of})`, unit },
    )
  );
}
