import type { HmmArtifact } from "../../models/artifact/read.ts";
import type { LabelScore } from "../../models/evaluation/oracle.ts";
import type { Table } from "../../models/report/tables.ts";
import { REGIMES } from "../../service/commands/notebooks.ts";
import type { MarketAccuracy } from "./charts/truth.ts";
import { informedAccuracies, type InformedAccuracy } from "./informed_filter.ts";
import { volatilityAfter } from "./next_volatility.ts";
import { compareWithTruth, type SimulatedTruth, type TruthComparison } from "./simulated_truth.ts";

/** A model with its name in a report. */
export interface NamedModel {
  readonly name: string;
  readonly artifact: Pick<HmmArtifact, "features" | "hmm">;
}

/** A model's results on a market. */
export interface ModelReport extends NamedModel {
  readonly comparison: TruthComparison;
  /** Realized volatility of the 15 minutes after each of its states, basis points. */
  readonly volatilities: readonly number[];
}

/** Models' results on a simulated market. */
export interface TruthReport {
  readonly market: string;
  readonly models: readonly ModelReport[];
  /** Realized volatility of the 15 minutes after each true regime, basis points. */
  readonly volatilities: readonly number[];
  /** Share of the scored minutes in the most frequent regime. */
  readonly mostFrequent: number;
  readonly informed: readonly InformedAccuracy[];
}

/**
 * Compares models with the oracle on a simulated market.
 *
 * @param market Its name in the report.
 * @param models At least one.
 */
export function reportOnTruth(
  market: string,
  truth: SimulatedTruth,
  models: readonly NamedModel[],
): TruthReport {
  const reports = models.map((model): ModelReport => {
    const comparison = compareWithTruth(truth, model.artifact);
    const path = comparison.path.subarray(comparison.first);
    const states = model.artifact.hmm.startprob.length;
    return {
      ...model,
      comparison,
      volatilities: volatilityAfter(truth.bars, comparison.first, path, states),
    };
  });
  const first = Math.max(...reports.map(({ comparison }) => comparison.first));
  const scored = truth.regimes.subarray(first);
  const shares = REGIMES.map((_, k) =>
    scored.filter((regime) => regime === k).length / scored.length
  );
  const features = models[0]?.artifact.features;
  return {
    market,
    models: reports,
    volatilities: volatilityAfter(truth.bars, first, scored, REGIMES.length),
    mostFrequent: Math.max(...shares),
    informed: features === undefined ? [] : informedAccuracies(truth, features),
  };
}

/** Accuracy of each filter, and of always naming the most frequent regime. */
export function accuracies(reports: readonly TruthReport[]): readonly MarketAccuracy[] {
  return reports.flatMap(({ market, models, mostFrequent }) => [
    ...models.slice(0, 1).map(({ comparison }) => ({
      market,
      filter: "oracle",
      accuracy: comparison.oracle.accuracy,
    })),
    ...models.map(({ name, comparison }) => ({
      market,
      filter: name,
      accuracy: comparison.model.accuracy,
    })),
    { market, filter: "always the most frequent", accuracy: mostFrequent },
  ]);
}

const percent = (share: number | null) => share === null ? "-" : `${(100 * share).toFixed(1)} %`;

function scoreCells(score: LabelScore): readonly string[] {
  return [
    percent(score.accuracy),
    score.rand_index.toFixed(3),
    score.median_lag_minutes?.toFixed(0) ?? "-",
    percent(score.missed),
    score.false_alarms_per_day.toFixed(1),
  ];
}

/** All scores of all filters. */
export function truthTable(reports: readonly TruthReport[]): Table {
  return {
    title: "Scores against the true regimes",
    head: [
      "market",
      "filter",
      "accuracy",
      "Rand index",
      "median lag, min",
      "changes missed",
      "false alarms per day",
      "accuracy / optimal",
      "regimes of its states",
    ],
    rows: reports.flatMap(({ market, models }) => [
      ...models.slice(0, 1).map(({ comparison }) => [
        market,
        "oracle",
        ...scoreCells(comparison.oracle),
        "1",
        "",
      ]),
      ...models.map(({ name, comparison }) => [
        market,
        name,
        ...scoreCells(comparison.model),
        comparison.accuracy_ratio.toFixed(3),
        comparison.regimes_of_states.map((regime) => (REGIMES[regime]?.name ?? "").split(" ")[0])
          .join(", "),
      ]),
    ]),
  };
}

/** Volatility after true regimes and models' states. */
export function volatilityTable(reports: readonly TruthReport[]): Table {
  const cells = (values: readonly number[], low: number, high: number) => [
    values.map((value) => value.toFixed(1)).join(" / "),
    ((values[high] ?? NaN) / (values[low] ?? NaN)).toFixed(2),
  ];
  const byVolatility = REGIMES.map((regime, k) => ({ k, volatility: regime.volatility }))
    .sort((a, b) => a.volatility - b.volatility);
  return {
    title: "Realized volatility of the next 15 minutes, basis points",
    head: ["market", "by", "mean of each", "highest / lowest"],
    rows: reports.flatMap(({ market, models, volatilities }) => [
      [
        market,
        "true regime (bearish / normal / bullish)",
        ...cells(volatilities, byVolatility[0]?.k ?? 0, byVolatility.at(-1)?.k ?? 0),
      ],
      ...models.map(({ name, artifact, volatilities: ours }) => [
        market,
        `${name} (${artifact.hmm.labels.join(" / ").toLowerCase()})`,
        ...cells(ours, 0, ours.length - 1),
      ]),
    ]),
  };
}
