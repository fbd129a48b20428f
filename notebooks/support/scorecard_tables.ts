import type { ForecastHeldOut } from "../../models/artifact/forecast_scorecard.ts";
import { fixed, minute } from "../../models/report/figures.ts";
import { percent, type Table } from "../../models/report/tables.ts";
import { comparisonTable } from "../../models/report/volatility_tables.ts";
import type { PresetEvaluation } from "./evaluate_presets.ts";

/** What each part was tested and trained on. */
export function partsTable(title: string, { parts }: ForecastHeldOut): Table {
  return {
    title,
    head: ["tested from", "to", "bars", "trained on bars"],
    rows: parts.map(({ train, test }) => [
      minute(test.from),
      minute(test.to),
      test.bars.toLocaleString("en-US"),
      train.bars.toLocaleString("en-US"),
    ]),
  };
}

/** The model beside its baselines, absolute and against the week. */
export function comparisonTables(title: string, heldOut: ForecastHeldOut): readonly Table[] {
  return [
    comparisonTable(`${title}: absolute terciles`, heldOut.absolute, "plain"),
    comparisonTable(`${title}: against the week`, heldOut.week, "standardized"),
  ];
}

const share = (value: number | null) => value === null ? "-" : percent(value);

/** How HMMs behave on held-out bars. */
export function behaviourTable(evaluations: readonly PresetEvaluation[]): Table {
  return {
    title: "Behaviour on held-out bars",
    head: [
      "",
      "changes a day",
      "filter and smoother agree",
      "median delay, min",
      "nine of ten within, min",
      "changes never seen",
      "Rand index, other seeds",
      "Rand index, fold before",
      "anomaly rate",
    ],
    rows: evaluations.map(({ preset, heldOut: { smoothing, stability, ...rest } }) => [
      preset,
      rest.flips_per_day.toFixed(1),
      share(smoothing.agreement),
      fixed(smoothing.median_delay_minutes, 1),
      fixed(smoothing.p90_delay_minutes, 1),
      share(smoothing.missed),
      stability.seeds.toFixed(3),
      fixed(stability.consecutive, 3),
      share(rest.anomaly_rate),
    ]),
  };
}
