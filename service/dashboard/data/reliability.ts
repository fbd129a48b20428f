import {
  FEWEST_FORECASTS,
  type Live,
  type LiveMarket,
  type LiveWindow,
  type LiveWindows,
} from "../../../data/schema/live.ts";
import { formatCount, formatNumber, formatProbability } from "../format/number.ts";
import type { HealthFact } from "./health.ts";

const NOTHING = "–";
const NOT_YET = "not yet";

/** A share of so many forecasts; how many there are while they are too few. */
function shareOf(share: number | null, count: number): string {
  return share === null
    ? `${NOT_YET}: ${count} of ${FEWEST_FORECASTS}`
    : `${formatProbability(share)} of ${formatCount(count)}`;
}

/** A Brier score, unless there are too few forecasts. */
function brierOf(score: number | null): string {
  return score === null ? NOT_YET : formatNumber(score, 3);
}

/** Brier score of the regimes' probabilities beside that of the plain threshold. */
function regimesOf({ brier_label: label, brier_threshold: threshold }: LiveWindow): string {
  const own = brierOf(label);
  return threshold === null ? own : `${own}, threshold ${brierOf(threshold)}`;
}

type Scores = readonly (readonly [name: string, text: (windows: LiveWindows) => string])[];

/** How often intervals held, by name. */
const HELD: Scores = [
  ["15 min, day", ({ day }) => shareOf(day.coverage_80, day.forecasts)],
  ["15 min, week", ({ week }) => shareOf(week.coverage_80, week.forecasts)],
  ["60 min, day", ({ day }) => shareOf(day.coverage_80_60, day.forecasts_60)],
  ["60 min, week", ({ week }) => shareOf(week.coverage_80_60, week.forecasts_60)],
];

/** The errors of the probabilities, by name. */
const ERRORS: Scores = [
  ["Regimes, day", ({ day }) => regimesOf(day)],
  ["Regimes, week", ({ week }) => regimesOf(week)],
  ["Change within 60 min, day", ({ day }) => brierOf(day.brier_change)],
  ["Change within 60 min, week", ({ week }) => brierOf(week.brier_change)],
];

/** Of several markets together, the week's alone: the panel is narrow. */
const HELD_BY_ALL: Scores = [
  ["15 min, week, all markets", ({ week }) => percentOf(week.coverage_80)],
  ["60 min, week, all markets", ({ week }) => percentOf(week.coverage_80_60)],
];
const ERRORS_OF_ALL: Scores = [
  ["Regimes, week, all markets", ({ week }) => brierOf(week.brier_label)],
  ["Change, week, all markets", ({ week }) => brierOf(week.brier_change)],
];

function percentOf(share: number | null): string {
  return share === null ? NOT_YET : formatProbability(share);
}

/** How right the forecasts of a market were, as lists of facts. */
export interface Reliability {
  /** How often 80 % intervals held. */
  readonly held: readonly HealthFact[];
  /** Brier scores of the probabilities. */
  readonly errors: readonly HealthFact[];
  /** Whether the model fits the market. */
  readonly fit: readonly HealthFact[];
}

/**
 * How right the published forecasts of a market were, and whether the model still fits it.
 *
 * @param several Whether the service has several markets, so that pooled scores say more.
 * @param simulated Whether the market is a simulated one. That a model of real bars does not fit it
 *   is no reason to train that model again.
 */
export function reliabilityOf(
  live: Live | null,
  symbol: string,
  several: boolean,
  simulated: boolean,
): Reliability {
  const market = live?.symbols[symbol];
  const listOf = (own: Scores, all: Scores) => [
    ...own.map(([name, text]) => ({
      name,
      value: market === undefined ? NOTHING : text(market),
      warn: false,
    })),
    ...(several && live !== null
      ? all.map(([name, text]) => ({ name, value: text(live.pooled), warn: false }))
        .filter(({ value }) => value !== NOT_YET)
      : []),
  ];
  return {
    held: listOf(HELD, HELD_BY_ALL),
    errors: listOf(ERRORS, ERRORS_OF_ALL),
    fit: fitOf(market, symbol, simulated),
  };
}

/** What the model was trained on, which is always there, so that nothing moves when it is known. */
function fitOf(
  market: LiveMarket | undefined,
  symbol: string,
  simulated: boolean,
): readonly HealthFact[] {
  const trainedOn = (value: string) => ({ name: "Trained on", value, warn: false });
  if (market === undefined) return [trainedOn(NOTHING)];
  if (simulated) return [trainedOn("real bars")];
  const { trained_on: others, drift: { retrain } } = market;
  return [
    trainedOn(others === undefined ? symbol : `${others.join(", ")}, not on ${symbol}`),
    ...(retrain === null ? [] : [{ name: "Retrain", value: retrain, warn: true }]),
  ];
}
