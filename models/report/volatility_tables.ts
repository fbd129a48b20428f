import type {
  ForecastBasis,
  ForecastBin,
  ForecastHeldOut,
  ForecastScorecard,
  ShockScorecard,
} from "../artifact/forecast_scorecard.ts";
import { VOLATILITY_LABELS } from "../artifact/labels.ts";
import { acceptanceTables } from "./acceptance.ts";
import { fixed, interval, minute, points } from "./figures.ts";
import { percent, type Table } from "./tables.ts";

const BASES = [
  ["absolute", "absolute"],
  ["week", "against the week"],
] as const;

const share = (value: number | null) => value === null ? "-" : percent(value);

function partsTable(title: string, { parts }: ForecastHeldOut): Table {
  return {
    title,
    head: ["tested on", "to", "bars", "trained on", "to", "bars"],
    rows: parts.map(({ test, train }) =>
      [test, train].flatMap(({ from, to, bars }) => [minute(from), minute(to), String(bars)])
    ),
  };
}

/** The model beside its baselines on one basis of the regimes; `range` says which the thresholds are on. */
export function comparisonTable(title: string, basis: ForecastBasis, range: string): Table {
  const { model, baselines, label_minus_hysteresis: own } = basis;
  const figures = (forecaster: ForecastBasis["model"]) => [
    share(forecaster.accuracy),
    fixed(forecaster.log_score, 4),
    fixed(forecaster.rank_correlation, 3),
  ];
  const difference = (minus: typeof own) => [
    points(minus.accuracy),
    interval(minus.log_score, 4),
    interval(minus.rank_correlation, 3),
  ];
  const row = (name: string, baseline: typeof baselines.har) => [
    name,
    ...figures(baseline),
    ...difference(baseline.model_minus),
  ];
  return {
    title,
    head: [
      "",
      "accuracy",
      "log score",
      "rank correlation",
      "model minus: accuracy, points",
      "log score",
      "rank correlation",
    ],
    rows: [
      ["model", ...figures(model), "", "", ""],
      row("HAR-RV", baselines.har),
      row("EWMA of squared returns", baselines.ewma),
      row("GARCH(1,1)-t", baselines.garch),
      row("the model's label", baselines.label),
      row(`hysteresis threshold, ${range} range`, baselines.hysteresis),
      ["label minus this threshold", "", "", "", ...difference(own)],
    ],
  };
}

function partFigures(title: string, { parts }: ForecastHeldOut): Table {
  return {
    title: `${title}: part by part`,
    head: [
      "tested from",
      "15 min in 80 %",
      "in 95 %",
      "60 min in 80 %",
      "in 95 %",
      "label changes a day",
      "against the week",
      "log score",
      "against the week",
    ],
    rows: parts.map((part) => [
      minute(part.test.from),
      percent(part.coverage["15"].within_80),
      percent(part.coverage["15"].within_95),
      percent(part.coverage["60"].within_80),
      percent(part.coverage["60"].within_95),
      part.label_changes_a_day.absolute.toFixed(1),
      part.label_changes_a_day.week.toFixed(1),
      fixed(part.log_score.absolute, 4),
      fixed(part.log_score.week, 4),
    ]),
  };
}

/** Coverage and CRPS of the forecast distribution. */
export function distributionTable(title: string, { horizons }: ForecastHeldOut): Table {
  return {
    title: `${title}: the forecast distribution`,
    head: ["minutes ahead", "inside 80 %", "inside 95 %", "CRPS", "HAR-RV's", "ratio"],
    rows: (["15", "60"] as const).map((name) => {
      const horizon = horizons[name];
      return [
        name,
        `${points(horizon.coverage_80)} %`,
        `${points(horizon.coverage_95)} %`,
        fixed(horizon.crps, 4),
        fixed(horizon.crps_har, 4),
        interval(horizon.crps_ratio, 3),
      ];
    }),
  };
}

/** Shares of the labels, and the volatility after each. */
export function labelsTable(title: string, heldOut: ForecastHeldOut): Table {
  return {
    title: `${title}: labels, and the volatility of the next 15 minutes`,
    head: ["", "share", "volatility, bp", "against the week: share", "volatility, bp"],
    rows: [
      ...VOLATILITY_LABELS.map((name, k) => [
        name,
        ...BASES.flatMap(([basis]) => {
          const label = heldOut[basis].labels[k];
          return [share(label?.share ?? null), interval(label?.volatility_bp, 1)];
        }),
      ]),
      [
        "last divided by first",
        ...BASES.flatMap(([basis]) => ["", interval(heldOut[basis].last_to_first, 2)]),
      ],
      [
        "changes a day",
        ...BASES.flatMap(([basis]) => [heldOut[basis].label_changes_a_day.toFixed(1), ""]),
      ],
    ],
  };
}

function reliabilityTable(
  title: string,
  heldOut: ForecastHeldOut,
  of: (basis: ForecastBasis) => readonly ForecastBin[],
): Table {
  return {
    title,
    head: ["", "bars", "said", "came", "against the week: bars", "said", "came"],
    rows: of(heldOut.absolute).map((_, i) => [
      `${10 * i} to ${10 * (i + 1)} %`,
      ...BASES.flatMap(([basis]) => {
        const bin = of(heldOut[basis])[i];
        return [
          share(bin?.share ?? null),
          share(bin?.probability ?? null),
          share(bin?.frequency ?? null),
        ];
      }),
    ]),
  };
}

/** The probability of a change of the label, beside the frequency of each label. */
export function changeTable(title: string, heldOut: ForecastHeldOut): Table {
  return {
    title: `${title}: a change of the label within the hour`,
    head: ["", "share of bars", "Brier score", "of each label's frequency", "ratio"],
    rows: BASES.map(([basis, words]) => {
      const { change } = heldOut[basis];
      return [
        words,
        share(change.share),
        fixed(change.brier, 4),
        fixed(change.brier_frequencies, 4),
        interval(change.ratio, 3),
      ];
    }),
  };
}

/** What a line through momentum says of the sign. */
export function signTable(title: string, { sign }: ForecastHeldOut): Table {
  return {
    title: `${title}: the sign of the next 15 minutes, from momentum over 5 to 1440 minutes`,
    rows: [
      ["right", `${points(sign.hits)} % of the bars after which the price moved`],
      ["mean return in the direction forecast", `${interval(sign.gain_bp, 2)} bp before costs`],
    ],
  };
}

/** Measures on held-out bars, as tables. */
function heldOutTables(title: string, heldOut: ForecastHeldOut): Table[] {
  const tercile = `${title}: tercile of the next 15 minutes' volatility`;
  return [
    partsTable(title, heldOut),
    comparisonTable(`${tercile}, absolute`, heldOut.absolute, "plain"),
    comparisonTable(`${tercile}, against the week`, heldOut.week, "standardized"),
    partFigures(title, heldOut),
    distributionTable(title, heldOut),
    labelsTable(title, heldOut),
    reliabilityTable(
      `${title}: how often the named tercile came, by the confidence in it`,
      heldOut,
      ({ reliability }) => reliability,
    ),
    changeTable(title, heldOut),
    reliabilityTable(
      `${title}: how often the label changed within the hour, by the probability of it`,
      heldOut,
      ({ change }) => change.reliability,
    ),
    signTable(title, heldOut),
  ];
}

/** Alarms and caught moves of each run. */
export function shockTable({ runs, rates, moves }: ShockScorecard): Table {
  return {
    title:
      `Shocks: the ${moves} largest 5-minute moves of each run, in units of their day's deviation`,
    head: [
      "market",
      "from",
      "to",
      ...rates.flatMap((rate) => [
        `alarms a day, aim ${rate}`,
        "caught",
        "by the forest",
      ]),
    ],
    rows: runs.map((run) => [
      `${run.symbol}${run.market === "spot" ? "" : ` ${run.market}`}${
        run.trained ? "" : " (test)"
      }`,
      minute(run.from),
      minute(run.to),
      ...rates.flatMap((_, i) => [
        fixed(run.shock[i]?.alarms_a_day ?? null, 1),
        `${run.shock[i]?.caught ?? "-"} of ${run.moves}`,
        `${run.forest[i]?.caught ?? "-"} of ${run.moves}`,
      ]),
    ]),
  };
}

/** The scorecard of a volatility model as tables. */
export function forecastScorecardTables(scorecard: ForecastScorecard): Table[] {
  const { note, folds, final, tests = [], shock } = scorecard;
  return [
    ...(note === undefined ? [] : [{ title: "Held-out bars", rows: [[note]] }]),
    ...acceptanceTables(scorecard),
    ...(folds ? heldOutTables("Walk-forward folds", folds) : []),
    ...(final ? heldOutTables("Last part", final) : []),
    ...tests.flatMap(({ symbol, market, measures }) =>
      heldOutTables(`Only tested: ${symbol}, ${market}`, measures)
    ),
    ...(shock ? [shockTable(shock)] : []),
  ];
}
