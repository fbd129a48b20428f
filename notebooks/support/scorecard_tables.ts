import type { ForecastHeldOut } from "../../models/artifact/forecast_scorecard.ts";
import { fixed, minute } from "../../models/report/figures.ts";
import { percent, type Table } from "../../models/report/tables.ts";
import { comparisonTable } from "../../models/report/volatility_tables.ts";
import type { ClassicEvaluation } from "./evaluate_classic.ts";

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

/** How the classic model behaves on held-out bars. */
export function behaviourTable({ heldOut }: ClassicEvaluation): Table {
  const { smoothing, stability, flips_per_day, anomaly_rate } = heldOut;
  return {
    title: "Behaviour on held-out bars",
    rows: [
      ["changes a day", flips_per_day.toFixed(1)],
      ["filter and smoother agree", share(smoothing.agreement)],
      ["median delay, minutes", fixed(smoothing.median_delay_minutes, 1)],
      ["nine of ten within, minutes", fixed(smoothing.p90_delay_minutes, 1)],
      ["changes never seen", share(smoothing.missed)],
      ["Rand index, other seeds", stability.seeds.toFixed(3)],
      ["Rand index, fold before", fixed(stability.consecutive, 3)],
      ["anomaly rate", share(anomaly_rate)],
    ],
  };
}
