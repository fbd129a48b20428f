import { FEATURE_NAMES } from "../../core-wasm/core.ts";
import type { VolatilityArtifact } from "../artifact/read.ts";
import { VOLATILITY_LABELS } from "../artifact/labels.ts";
import { percent, type Table } from "./tables.ts";

type Forecast = VolatilityArtifact["forecast"];
type Horizon = Forecast["horizons"]["15"];
type Input = keyof Forecast["inputs"];

const HORIZONS = ["15", "60"] as const;

/** Digits enough to compare, few enough to read. */
const number = (value: number) => value.toFixed(4);

/** ln(bp + 0.1) as basis points. */
const basisPoints = (y: number) => `${Math.max(0, Math.exp(y) - 0.1).toFixed(1)} bp`;

const half = (minutes: number) => `average with a half-life of ${minutes} min`;
const volatility = (minutes: number) =>
  `log of the volatility of a minute: 1/2 ln of the ${half(minutes)} of squared log returns`;
const trend = (minutes: number) =>
  `${half(minutes)} of log returns, times the root of ${minutes}, over the day's volatility`;

const INPUT_WORDS: Readonly<Record<Input, string>> = {
  volatility_5: volatility(5),
  volatility_30: volatility(30),
  volatility_240: volatility(240),
  volatility_1440: volatility(1440),
  week:
    "level of the week: mean of the last 168 hourly means of ln(15-minute volatility in bp + 0.1)",
  volume_5: "ln of the minute's turnover: 5-minute average less the day's",
  volume_60: "ln of the minute's turnover: 60-minute average less the day's",
  leverage_5: `falls: ${trend(5)}, where it is below 0`,
  leverage_15: `falls: ${trend(15)}, where it is below 0`,
  leverage_60: `falls: ${trend(60)}, where it is below 0`,
  leverage_240: `falls: ${trend(240)}, where it is below 0`,
  momentum_5: `moves either way: size of the ${trend(5)}`,
  momentum_15: `moves either way: size of the ${trend(15)}`,
  momentum_60: `moves either way: size of the ${trend(60)}`,
  momentum_240: `moves either way: size of the ${trend(240)}`,
};

const INPUTS = FEATURE_NAMES.volatility;

/** One row of both horizons' figures. */
function bothHorizons(
  { horizons }: Forecast,
  name: string,
  words: string,
  of: (horizon: Horizon) => string,
): string[] {
  return [name, words, ...HORIZONS.map((minutes) => of(horizons[minutes]))];
}

function coefficientTable({ forecast }: VolatilityArtifact): Table {
  const row = (name: string, words: string, of: (horizon: Horizon) => number) =>
    bothHorizons(forecast, name, words, (horizon) => number(of(horizon)));
  return {
    title: "The expected log volatility f0: coefficients",
    head: ["coef", "of what", "15 min", "60 min"],
    rows: [
      row("intercept", "the constant", ({ coef }) => coef.intercept),
      ...INPUTS.map((name) => row(name, INPUT_WORDS[name], ({ coef }) => coef[name])),
    ],
  };
}

/** What each column of the calendar is. */
const SEASON_WORDS: readonly string[] = [
  ...waves(6, "of the day"),
  ...waves(3, "of the day, on Saturday and Sunday"),
  "Saturday and Sunday (UTC)",
  ...waves(6, "of the hour"),
];

function waves(count: number, what: string): string[] {
  return Array.from({ length: count }, (_, i) => {
    const times = i === 0 ? "once" : `${i + 1} times`;
    return ["sine", "cosine"].map((wave) => `${wave}, ${times} in the course ${what}`);
  }).flat();
}

function seasonTable({ forecast }: VolatilityArtifact): Table {
  return {
    title: "The calendar s(t): coefficients, by the open time in UTC",
    head: ["season", "of what", "15 min", "60 min"],
    rows: SEASON_WORDS.map((words, i) =>
      bothHorizons(forecast, String(i), words, ({ coef }) => number(coef.season[i] ?? NaN))
    ),
  };
}

function adaptiveTable({ forecast }: VolatilityArtifact): Table {
  const row = (name: string, words: string, of: (horizon: Horizon) => number) =>
    bothHorizons(forecast, name, words, (horizon) => number(of(horizon)));
  const half = [240, 1440, 4320] as const;
  return {
    title: "How it follows its own errors: bias and scale",
    head: ["", "of what", "15 min", "60 min"],
    rows: [
      ...half.map((minutes) =>
        row(
          `bias.error_${minutes}`,
          `errors of f0 that are known by now, averaged with a half-life of ${minutes} min`,
          ({ bias }) => bias[`error_${minutes}`],
        )
      ),
      row(
        "scale.intercept",
        "ln of the error's scale: the constant",
        ({ scale }) => scale.intercept,
      ),
      ...half.map((minutes) =>
        row(
          `scale.error_${minutes}`,
          `1/2 ln of the squared errors, averaged with a half-life of ${minutes} min`,
          ({ scale }) => scale[`error_${minutes}`],
        )
      ),
      row(
        "scale.short_change",
        "volatility of 5 min less that of 60 min, logs",
        ({ scale }) => scale.short_change,
      ),
      row("scale.short_change_size", "the size of this", ({ scale }) => scale.short_change_size),
      row(
        "scale.day_change_size",
        "size of the volatility of 30 min less that of 240 min, logs",
        ({ scale }) => scale.day_change_size,
      ),
      row(
        "z2_mean",
        "mean of the squared errors in units of the scale in training; the scale grows and shrinks, " +
          "by half to double, with the ratio of the latest to this",
        ({ z2_mean }) => z2_mean,
      ),
    ],
  };
}

const LEVELS = [0, 0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975, 1];

function distributionTable({ forecast }: VolatilityArtifact): Table {
  const borders = (values: readonly number[] | undefined) =>
    (values ?? []).map(number).join(" and ");
  const symbols = Object.keys(forecast.horizons["15"].borders_absolute_y);
  return {
    title: "The error's distribution, and the borders of the regimes",
    head: ["", "what it is", "15 min", "60 min"],
    rows: [
      ...LEVELS.map((level) =>
        bothHorizons(
          forecast,
          "z_quantiles",
          `${100 * level} % quantile of (y - f) / a in training, of 2,001 in the table`,
          ({ z_quantiles }) =>
            number(z_quantiles[Math.round(level * (z_quantiles.length - 1))] ?? NaN),
        )
      ),
      ...symbols.map((symbol) =>
        bothHorizons(
          forecast,
          `borders_absolute_y.${symbol}`,
          "terciles of ln(volatility in bp + 0.1) in training",
          ({ borders_absolute_y }) => {
            const own = borders_absolute_y[symbol] ?? [];
            return `${borders(own)} (${own.map(basisPoints).join(" and ")})`;
          },
        )
      ),
      bothHorizons(
        forecast,
        "borders_week",
        "terciles of the same less the level of the week",
        ({ borders_week }) => borders(borders_week),
      ),
    ],
  };
}

/** What the features of a change are, before they are repeated for two of the labels. */
const CHANGE_WORDS = [
  "f above the first border, in units of a",
  "f above the second border, in units of a",
  "distance of f from the first border, in units of a",
  "distance of f from the second border, in units of a",
  "ln(1 + minutes since the label began)",
  "probability of the first tercile",
  "probability of the last tercile",
  "ln a",
  "volatility of 5 min less that of 30 min, logs",
];

function changeTable({ forecast }: VolatilityArtifact): Table {
  const { absolute, week } = forecast.change_within_60;
  const [first, , last] = VOLATILITY_LABELS;
  const labels = ["", `, when the label is ${first}`, `, when the label is ${last}`];
  const words = [
    ...labels.flatMap((when) => CHANGE_WORDS.map((what) => what + when)),
    ...waves(6, "of the day, an hour later"),
  ];
  return {
    title: "The log odds that the label changes within 60 minutes: weights",
    head: ["w", "of what", "absolute", "against the week"],
    rows: [
      ["intercept", "the constant", number(absolute.intercept), number(week.intercept)],
      ...words.map((what, i) => [
        String(i),
        what,
        number(absolute.w[i] ?? NaN),
        number(week.w[i] ?? NaN),
      ]),
    ],
  };
}

function rulesTable({ forecast }: VolatilityArtifact): Table {
  const { need, label_margin, shock, log_score, baseline } = forecast;
  const levels = baseline.table.map((row, level) => [
    `baseline.table[${level}]`,
    `frequency of ${VOLATILITY_LABELS.join(", ")} in training at level ${level} of the thresholds`,
    row.map((share) => percent(share)).join(", "),
  ]);
  const list = (values: readonly number[]) => values.map(number).join(", ");
  return {
    title: "Rules, and what live scores are compared with",
    head: ["", "what it is", "value"],
    rows: [
      ["need", "bars of a sequence with which the model is ready", String(need)],
      [
        "label_margin",
        "by how much another regime's probability must exceed the present one's",
        String(label_margin),
      ],
      ["shock.alarms_a_day", "alarms that the shock threshold aims at", String(shock.alarms_a_day)],
      ["shock.step", "by how much an alarm raises the threshold's log", String(shock.step)],
      [
        "shock.start",
        "the threshold at first: |log return| over the 240-minute volatility before it",
        String(shock.start),
      ],
      ...(log_score === null ? [] : [
        [
          "log_score.mean",
          "mean ln P(tercile that came), walk-forward folds together, nats",
          number(log_score.mean),
        ],
        [
          "log_score.low, high",
          "the lowest and the highest fold's",
          list([log_score.low, log_score.high]),
        ],
      ]),
      [
        "baseline.quantity",
        "the plain threshold's: ln((high - low) / open + 0.00001), averaged with a half-life of 10 " +
        "bars from a sequence's first bar on",
        baseline.quantity,
      ],
      ["baseline.up", "its level rises above these", list(baseline.up)],
      ["baseline.down", "its level falls below these", list(baseline.down)],
      ...levels,
    ],
  };
}

function inputTable({ forecast }: VolatilityArtifact): Table {
  return {
    title: "Deciles of the inputs in training, by which drift is measured",
    head: ["inputs", ...Array.from({ length: 9 }, (_, i) => `${10 * (i + 1)} %`)],
    rows: INPUTS.map((name) => [
      name,
      ...forecast.inputs[name].map((value) => value.toFixed(3)),
    ]),
  };
}

/** Each number of a volatility model in words, as tables. */
export function parameterTables(artifact: VolatilityArtifact): Table[] {
  return [
    coefficientTable(artifact),
    seasonTable(artifact),
    adaptiveTable(artifact),
    distributionTable(artifact),
    changeTable(artifact),
    rulesTable(artifact),
    inputTable(artifact),
  ];
}
