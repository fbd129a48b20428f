import { MIN_RUN } from "../evaluation/delay.ts";
import type { Estimate, HeldOut, WalkForward } from "../artifact/walk_forward.ts";
import { percent, type Table } from "./tables.ts";

type Forecaster = HeldOut["forecast"]["model"];
type Baseline = HeldOut["forecast"]["baselines"]["hysteresis"];

const fixed = (value: number | null, digits: number) =>
  value === null ? "-" : value.toFixed(digits);

/** A figure and its interval, such as `0.5 [0.4, 0.6]`. */
function interval(estimate: Estimate | null | undefined, digits: number): string {
  if (estimate === null || estimate === undefined) return "-";
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) =>
    x.toFixed(digits)
  );
  return `${value} [${low}, ${high}]`;
}

/** A minute, such as `2024-05-01 00:00`. */
const minute = (iso: string) => iso.slice(0, 16).replace("T", " ");

function partsTable(title: string, { parts }: HeldOut): Table {
  return {
    title,
    head: ["tested on", "to", "bars", "trained on", "to", "bars"],
    rows: parts.map(({ test, train }) =>
      [test, train].flatMap(({ from, to, bars }) => [minute(from), minute(to), String(bars)])
    ),
  };
}

function likelihoodTable(title: string, heldOut: HeldOut): Table {
  const { log_likelihood_per_bar: means, log_likelihood_gain: gains } = heldOut;
  const names = [
    ["gaussian", "one Gaussian"],
    ["mixture", "mixture without dynamics"],
    ["fewer_states", "one state fewer"],
    ["more_states", "one state more"],
  ] as const;
  return {
    title: `${title}: log-likelihood per bar, nats`,
    head: ["", "held out", "model minus baseline"],
    rows: [
      ["model", means.model.toFixed(4), ""],
      ...names.flatMap(([name, words]) => {
        const mean = means[name];
        return mean === undefined ? [] : [[words, mean.toFixed(4), interval(gains[name], 4)]];
      }),
    ],
  };
}

function selectionTable(title: string, { selection }: HeldOut): Table {
  return {
    title: `${title}: number of states, on the last fold's training bars`,
    head: ["states", "parameters", "log-likelihood per bar", "BIC", "ICL"],
    rows: selection.map((row) => [
      String(row.states),
      String(row.parameters),
      row.log_likelihood_per_bar.toFixed(4),
      row.bic.toFixed(0),
      row.icl.toFixed(0),
    ]),
  };
}

function regimesTable(title: string, heldOut: HeldOut, horizon: number): Table {
  const ratio = heldOut.last_to_first;
  return {
    title: `${title}: regimes, and the next ${horizon} minutes`,
    head: [
      "",
      "share",
      "mean dwell, min",
      "expected dwell, min",
      "volatility, bp",
      "|return|, bp",
      "volume",
    ],
    rows: [
      ...Object.entries(heldOut.regimes).map(([key, regime]) => [
        key,
        percent(regime.share),
        regime.mean_dwell_minutes.toFixed(1),
        regime.expected_dwell_minutes.toFixed(1),
        interval(regime.next?.volatility_bp, 1),
        interval(regime.next?.absolute_return_bp, 1),
        interval(regime.next?.volume, 1),
      ]),
      [
        "last divided by first",
        "",
        "",
        "",
        interval(ratio?.volatility, 2),
        interval(ratio?.absolute_return, 2),
        interval(ratio?.volume, 2),
      ],
    ],
  };
}

function behaviourTable(title: string, heldOut: HeldOut, { protocol }: WalkForward): Table {
  const { smoothing, stability } = heldOut;
  const { contamination } = protocol;
  const nominal = contamination === "auto" ? contamination : percent(contamination, 2);
  return {
    title: `${title}: behaviour`,
    rows: [
      ["regime changes per day", heldOut.flips_per_day.toFixed(1)],
      ["filter and smoother agree", percent(smoothing.agreement)],
      [
        "delay of the filter",
        `median ${fixed(smoothing.median_delay_minutes, 1)} min, ` +
        `90th percentile ${fixed(smoothing.p90_delay_minutes, 1)} min`,
      ],
      [
        "changes missed by the filter",
        smoothing.missed === null
          ? "-"
          : `${
            percent(smoothing.missed)
          } of ${smoothing.changes} that last at least ${MIN_RUN} min`,
      ],
      ["Rand index, other seeds", stability.seeds.toFixed(3)],
      ["Rand index, previous fold", fixed(stability.consecutive, 3)],
      ["anomaly rate", `${percent(heldOut.anomaly_rate, 2)}, nominal ${nominal}`],
    ],
  };
}

function forecastTable(title: string, { forecast }: HeldOut, horizon: number): Table {
  const figures = (forecaster: Forecaster) => [
    percent(forecaster.accuracy),
    forecaster.log_score.toFixed(4),
    fixed(forecaster.rank_correlation, 3),
  ];
  const row = (name: string, baseline: Baseline) => [
    name,
    ...figures(baseline),
    interval(baseline.model_minus.accuracy, 3),
    interval(baseline.model_minus.log_score, 4),
    interval(baseline.model_minus.rank_correlation, 3),
  ];
  const { baselines } = forecast;
  return {
    title: `${title}: tercile of the next ${horizon} minutes' volatility`,
    head: [
      "",
      "accuracy",
      "log score",
      "rank correlation within folds",
      "model minus: accuracy",
      "log score",
      "rank correlation within folds",
    ],
    rows: [
      ["model", ...figures(forecast.model), "", "", ""],
      row("hysteresis, standardized range", baselines.hysteresis),
      row("hysteresis, plain range", baselines.plain_hysteresis),
      row("standardized range", baselines.range),
      row("training frequencies", baselines.frequencies),
    ],
  };
}

function heldOutTables(title: string, heldOut: HeldOut, walkForward: WalkForward): Table[] {
  const { horizon_minutes: horizon } = walkForward.protocol;
  return [
    partsTable(title, heldOut),
    likelihoodTable(title, heldOut),
    selectionTable(title, heldOut),
    regimesTable(title, heldOut, horizon),
    behaviourTable(title, heldOut, walkForward),
    forecastTable(title, heldOut, horizon),
  ];
}

/** A walk-forward evaluation as tables. */
export function walkForwardTables(walkForward: WalkForward): Table[] {
  const { folds, final, note } = walkForward;
  return [
    ...(note === undefined ? [] : [{ title: "Held-out bars", rows: [[note]] }]),
    ...(folds ? heldOutTables("Walk-forward folds", folds, walkForward) : []),
    ...(final ? heldOutTables("Final part", final, walkForward) : []),
  ];
}
