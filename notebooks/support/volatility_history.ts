import type { ForecastScorecard } from "../../models/artifact/forecast_scorecard.ts";
import { evaluateVolatility } from "../../models/evaluation/volatility/evaluate.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import { trainingRows } from "../../models/training/volatility/usable_rows.ts";
import {
  prepareHistory,
  type VolatilityHistory,
} from "../../models/training/volatility/history.ts";
import type { Market } from "../../models/training/volatility/markets.ts";

/** The runs of one market, in order of time. */
function marketOf(symbol: string, sequences: readonly BarSequence[]): Market {
  return { symbol, runs: [...sequences].sort((a, b) => a.start - b.start) };
}

/** The history of a market as the volatility model is fitted on it. */
export function prepareMarket(
  symbol: string,
  sequences: readonly BarSequence[],
): VolatilityHistory {
  return prepareHistory([marketOf(symbol, sequences)]);
}

/** A scorecard of a history that is long enough for all of it. */
type FullScorecard =
  & ForecastScorecard
  & Required<Pick<ForecastScorecard, "protocol" | "folds" | "shock">>;

/**
 * Evaluates the volatility preset walk-forward, like `deno task train`.
 *
 * @param final Whether to evaluate the last part of the history too.
 * @throws RangeError when the history is too short.
 */
export function evaluateForecasts(
  symbol: string,
  sequences: readonly BarSequence[],
  final: boolean,
): FullScorecard {
  const market = marketOf(symbol, sequences);
  const scorecard = evaluateVolatility({
    markets: [market],
    market: "spot",
    history: prepareHistory([market]),
    tests: [],
    final,
  });
  const { protocol, folds, shock, note } = scorecard;
  if (protocol === undefined || folds === undefined || shock === undefined) {
    throw new RangeError(
      `Cannot evaluate volatility walk-forward as the history must be longer: ${note ?? ""}`,
    );
  }
  return { ...scorecard, protocol, folds, shock };
}

/**
 * Every few of the rows that a fit for a horizon takes: targets of neighbouring minutes overlap, so
 * that all of them say hardly more.
 *
 * @param most Most rows.
 */
export function thinRows(
  history: VolatilityHistory,
  horizon: 15 | 60,
  most: number,
): Int32Array {
  const rows = trainingRows(history, horizon, () => true);
  const stride = Math.max(1, Math.ceil(rows.length / most));
  return rows.filter((_, i) => i % stride === 0);
}
