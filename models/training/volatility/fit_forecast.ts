import type { CoreForecast, CoreHorizon } from "../../../core-wasm/core.ts";
import { fitAdaptive, terciles } from "./adaptive.ts";
import { CHANGE_FEATURES, fitChange } from "./change.ts";
import { evaluateDesign, fitDesign, nameCoefficients } from "./design.ts";
import { type Horizon, NEED, type VolatilityHistory } from "./history.ts";
import { scoredRows, trainingRows } from "./usable_rows.ts";
import { type ModelRun, runModel } from "./run.ts";

/** By how much another regime's probability must exceed the present one's. */
const LABEL_MARGIN = 0.2;
/** Alarms of the shock score, and how fast its threshold follows. */
export const SHOCK = { alarms_a_day: 20, step: 0.01, start: 3.03 } as const;

function fitHorizon(
  history: VolatilityHistory,
  horizon: Horizon,
  isUsed: (row: number) => boolean,
): CoreHorizon {
  const rows = trainingRows(history, horizon, isUsed);
  const { y } = history.outcomes[horizon];
  const coefficients = fitDesign(history, rows, y);
  const { adaptive } = fitAdaptive(
    history,
    horizon,
    evaluateDesign(history, coefficients),
    rows,
    scoredRows(history, horizon, isUsed),
  );
  const [error_240 = NaN, error_1440 = NaN, error_4320 = NaN] = adaptive.bias;
  const [intercept = NaN, scale240 = NaN, scale1440 = NaN, scale4320 = NaN, ...changes] =
    adaptive.scale;
  const [short_change = NaN, short_change_size = NaN, day_change_size = NaN] = changes;
  const symbols = [...new Set(history.markets.map(({ symbol }) => symbol))];
  const rowsOf = (symbol: string) => {
    const isOwn = (row: number) =>
      history.markets.some((market) =>
        market.symbol === symbol && row >= market.first &&
        row < market.first + market.bars.times.length
      );
    return symbols.length === 1 ? rows : rows.filter(isOwn);
  };
  return {
    coef: nameCoefficients(coefficients),
    bias: { error_240, error_1440, error_4320 },
    scale: {
      intercept,
      error_240: scale240,
      error_1440: scale1440,
      error_4320: scale4320,
      short_change,
      short_change_size,
      day_change_size,
    },
    z2_mean: adaptive.squaredMean,
    z_quantiles: [...adaptive.quantiles],
    borders_absolute_y: Object.fromEntries(
      symbols.flatMap((symbol) => {
        const own = rowsOf(symbol);
        return own.length > 0 ? [[symbol, terciles(y, own)] as const] : [];
      }),
    ),
    borders_week: terciles(y.map((value, row) => value - (history.week[row] ?? NaN)), rows),
  };
}

/** A fitted forecast. */
export interface ForecastFit {
  readonly forecast: CoreForecast;
  /** What it says in the history of the fit; the probabilities of a change mean nothing yet. */
  readonly run: ModelRun;
}

/**
 * Fits a volatility forecast. Nothing is drawn: the same bars give the same numbers on any host.
 *
 * @param isUsed Whether a row is a training row, if the model is ready there and its outcome known.
 * @throws RangeError when the rows do not determine the model.
 */
export function fitForecast(
  history: VolatilityHistory,
  isUsed: (row: number) => boolean,
): ForecastFit {
  const none = { intercept: 0, w: new Array<number>(CHANGE_FEATURES).fill(0) };
  const forecast: CoreForecast = {
    need: NEED,
    label_margin: LABEL_MARGIN,
    horizons: {
      "15": fitHorizon(history, 15, isUsed),
      "60": fitHorizon(history, 60, isUsed),
    },
    change_within_60: { absolute: none, week: none },
    shock: SHOCK,
  };
  const run = runModel(history, forecast);
  const change_within_60 = {
    absolute: fitChange(history, forecast, run, "absolute", isUsed),
    week: fitChange(history, forecast, run, "week", isUsed),
  };
  return { forecast: { ...forecast, change_within_60 }, run };
}
