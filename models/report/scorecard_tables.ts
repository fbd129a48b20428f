import { LEAST_RUN } from "../evaluation/delay.ts";
import type { Scorecard } from "../artifact/scorecard.ts";
import type { Estimate, HeldOut, WalkForward } from "../artifact/walk_forward.ts";
import type { Table } from "./tables.ts";

type Forecaster = HeldOut["forecast"]["model"];
type Baseline = HeldOut["forecast"]["baselines"]["hysteresis"];

const percent = (share: number, digits = 1) => `${(100 * share).toFixed(digits)} %`;
const fixed = (value: number | null, digits: number) =>
  value === null ? "-" : value.toFixed(digits);

/** A figure and its interval, as in `0.5 [0.4, 0.6]`. */
function interval(estimate: Estimate | null | undefined, digits: number): string {
  if (estimate === null || estimate === undefined) return "-";
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((x) =>
    x.toFixed(digits)
  );
  return `${value} [${low}, ${high}]`;
}

/** A minute, as in `2024-05-01 00:00`. */
const minute = (iso: string) => iso.slice(0, 16).replace("T", " ");

function inSampleTables(inSample: NonNullable<Scorecard["in_sample"]>): Table[] {
  return [{
    title: "On the training bars",
    rows: [
      ["log-likelihood per bar", `${inSample.log_likelihood_per_bar.toFixed(6)} nats`],
      ["anomaly rate", percent(inSample.anomaly_rate, 3)],
      ["regime changes per day", inSample.flips_per_day.toFixed(1)],
      ...Object.entries(inSample.regimes).map(([key, regime]) => [
        key,
        `${percent(regime.share)} of bars, ${
          regime.mean_dwell_minutes.toFixed(1)
        } minutes a visit ` +
        `(${regime.expected_dwell_minutes.toFixed(1)} by its transition probabilities)`,
      ]),
    ],
  }];
}

function fitTable(fit: NonNullable<Scorecard["fit"]>): Table {
  const converged = fit.restarts.filter((restart) => restart.converged).length;
  return {
    title: "Baum-Welch",
    rows: [
      ["random starts", `${fit.restarts.length}, ${converged} converged`],
      ["final fit", `${fit.iterations} iterations, ${fit.converged ? "" : "not "}converged`],
    ],
  };
}

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
    ["fewer_states", "one state less"],
    ["more_states", "one state more"],
  ] as const;
  return {
    title: `${title}: log-likelihood per bar, nats`,
    head: ["", "held out", "the model minus it"],
    rows: [
      ["the model", means.model.toFixed(4), ""],
      ...names.flatMap(([name, words]) => {
        const mean = means[name];
        return mean === undefined ? [] : [[words, mean.toFixed(4), interval(gains[name], 4)]];
      }),
    ],
  };
}

function selectionTable(title: string, { selection }: HeldOut): Table {
  return {
    title: `${title}: number of states, on the last training bars`,
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
    title: `${title}: regimes, and the ${horizon} minutes that followed`,
    head: [
      "",
      "share",
      "minutes a visit",
      "expected",
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
        "last over first",
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
        "filter behind the smoother",
        `${fixed(smoothing.median_delay_minutes, 1)} minutes in the median, ` +
        `${fixed(smoothing.p90_delay_minutes, 1)} in nine of ten`,
      ],
      [
        "changes never seen by it",
        smoothing.missed === null
          ? "-"
          : `${percent(smoothing.missed)} of ${smoothing.changes} that last ${LEAST_RUN} minutes`,
      ],
      ["Rand index, other seeds", stability.seeds.toFixed(3)],
      ["Rand index, fold before", fixed(stability.consecutive, 3)],
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
    title: `${title}: the tercile of the next ${horizon} minutes' volatility`,
    head: [
      "",
      "accuracy",
      "log score",
      "rank correlation",
      "model minus: accuracy",
      "log score",
      "rank correlation",
    ],
    rows: [
      ["the model", ...figures(forecast.model), "", "", ""],
      row("hysteresis, range against the prior week", baselines.hysteresis),
      row("hysteresis, plain range", baselines.plain_hysteresis),
      row("range against the prior week", baselines.range),
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

/** What was measured on held-out bars, as tables. */
export function walkForwardTables(walkForward: WalkForward): Table[] {
  const { folds, final, note } = walkForward;
  return [
    ...(note === undefined ? [] : [{ title: "Held-out bars", rows: [[note]] }]),
    ...(folds ? heldOutTables("Walk-forward folds", folds, walkForward) : []),
    ...(final ? heldOutTables("Final part", final, walkForward) : []),
  ];
}

/** A scorecard as tables. */
export function scorecardTables({ in_sample, fit, walk_forward }: Scorecard): Table[] {
  return [
    ...(in_sample ? inSampleTables(in_sample) : []),
    ...(fit ? [fitTable(fit)] : []),
    ...(walk_forward ? walkForwardTables(walk_forward) : []),
  ];
}
