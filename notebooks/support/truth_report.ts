import { type MappedScore, scoreMapped } from "../../models/evaluation/true_labels.ts";
import type { Table } from "../../models/report/tables.ts";
import { REGIMES } from "../../service/commands/notebooks.ts";
import type { MarketAccuracy } from "./charts/truth.ts";
import type { Follower } from "./followers.ts";
import { volatilityAfter } from "./next_volatility.ts";
import type { SimulatedTruth } from "./simulated_truth.ts";

/** How a follower does on the second half of a market. */
export interface FollowerReport {
  readonly name: string;
  readonly labels: readonly string[];
  readonly score: MappedScore;
  /** Realized volatility of the 15 minutes after each of its states, basis points. */
  readonly volatilities: readonly number[];
}

/** Results on a simulated market. */
export interface TruthReport {
  readonly market: string;
  readonly followers: readonly FollowerReport[];
  /** Realized volatility of the 15 minutes after each true regime, basis points. */
  readonly volatilities: readonly number[];
  /** Share of the scored minutes in the most frequent regime. */
  readonly mostFrequent: number;
}

/**
 * Scores followers on the second half of a simulated market. Their states are mapped to regimes on
 * the first half.
 *
 * @param market Its name in the report.
 * @throws RangeError when a follower says nothing in the first half.
 */
export function reportOnTruth(
  market: string,
  { bars, regimes }: Pick<SimulatedTruth, "bars" | "regimes">,
  followers: readonly Follower[],
): TruthReport {
  const half = Math.floor(regimes.length / 2);
  const scored = regimes.subarray(half);
  const shares = REGIMES.map((_, k) =>
    scored.filter((regime) => regime === k).length / scored.length
  );
  return {
    market,
    followers: followers.map(({ name, labels, first, path }) => ({
      name,
      labels,
      score: scoreMapped(
        { labels: regimes.subarray(first, half), path: path.subarray(first, half) },
        { labels: scored, path: path.subarray(half) },
        { states: labels.length, regimes: REGIMES.length },
      ),
      volatilities: volatilityAfter(bars, half, path.subarray(half), labels.length),
    })),
    volatilities: volatilityAfter(bars, half, scored, REGIMES.length),
    mostFrequent: Math.max(...shares),
  };
}

/** Accuracy of each follower, and of always naming the most frequent regime. */
export function accuracies(reports: readonly TruthReport[]): readonly MarketAccuracy[] {
  return reports.flatMap(({ market, followers, mostFrequent }) => [
    ...followers.map(({ name, score }) => ({ market, filter: name, accuracy: score.accuracy })),
    { market, filter: "always the most frequent", accuracy: mostFrequent },
  ]);
}

const percent = (share: number | null) => share === null ? "-" : `${(100 * share).toFixed(1)} %`;

/** All scores of all followers. */
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
      "regimes of its states",
    ],
    rows: reports.flatMap(({ market, followers }) =>
      followers.map(({ name, score }) => [
        market,
        name,
        percent(score.accuracy),
        score.rand_index.toFixed(3),
        score.median_lag_minutes?.toFixed(0) ?? "-",
        percent(score.missed),
        score.false_alarms_per_day.toFixed(1),
        score.regimes_of_states.map((regime) => REGIMES[regime]?.name ?? "").join(", "),
      ])
    ),
  };
}

/** Volatility after true regimes and followers' states. */
export function volatilityTable(reports: readonly TruthReport[]): Table {
  const cells = (values: readonly number[]) => [
    values.map((value) => value.toFixed(1)).join(" / "),
    ((values.at(-1) ?? NaN) / (values[0] ?? NaN)).toFixed(2),
  ];
  return {
    title: "Realized volatility of the next 15 minutes, basis points",
    head: ["market", "by", "mean of each", "last / first"],
    rows: reports.flatMap(({ market, followers, volatilities }) => [
      [
        market,
        `true regime (${REGIMES.map(({ name }) => name.toLowerCase()).join(" / ")})`,
        ...cells(volatilities),
      ],
      ...followers.map(({ name, labels, volatilities: after }) => [
        market,
        `${name} (${labels.join(" / ").toLowerCase()})`,
        ...cells(after),
      ]),
    ]),
  };
}
