import { type CoreForecast, VOLATILITY_INPUTS } from "./forecast.ts";
import { copyColumn, type ForecastBars, inChunks } from "./forecast_chunks.ts";
import {
  allocate,
  type CoreExports,
  type CoreSource,
  float64View,
  instantiateCore,
} from "./instance.ts";
import { absoluteBorders, placeForecast } from "./place_forecast.ts";

/** The label of many bars on one basis. */
export interface RegimeRows {
  /** Probabilities of calm, normal and turbulent, row after row; NaN where there is no label. */
  readonly posterior: Float64Array;
  /** 0, 1 or 2; 255 where there is no label. */
  readonly state: Uint8Array;
  /** Minutes since the label began, 0 in its first; NaN without a label. */
  readonly minutes: Float64Array;
  /** Probability that the label changes within 60 minutes; NaN without a label. */
  readonly change: Float64Array;
}

/** Forecasts of one horizon for many bars. */
export interface HorizonRows {
  /** The regression's part of f. */
  readonly f0: Float64Array;
  /** Location of y = ln(1e4 sqrt(sum of the next h squared returns) + 0.1). */
  readonly f: Float64Array;
  /** Scale of y before its adaptive factor. */
  readonly a0: Float64Array;
  /** Scale of y. */
  readonly a: Float64Array;
  /** Averages of y - f0 over 240, 1440 and 4320 minutes, row after row. */
  readonly bias: Float64Array;
  /** 1/2 ln(average of (y - f)^2 + 1e-3) over 240, 1440 and 4320 minutes, row after row. */
  readonly logSpread: Float64Array;
  /** Average of min(((y - f) / a0)^2, 65) over 4320 minutes; NaN before the first error. */
  readonly z2: Float64Array;
}

/** Outputs of a volatility model for many bars. */
export interface ForecastRows {
  readonly count: number;
  /** By minutes ahead. */
  readonly horizons: { readonly "15": HorizonRows; readonly "60": HorizonRows };
  /** Level of the week. */
  readonly weekLevel: Float64Array;
  /** With the symbol's absolute borders; no label without them. */
  readonly absolute: RegimeRows;
  /** Against the week. */
  readonly week: RegimeRows;
  readonly shock: Float64Array;
  /** 1 where the shock score is above its threshold, else 0. */
  readonly isShock: Uint8Array;
  /** Bars of the sequence so far, this one included. */
  readonly have: Int32Array;
}

function newHorizonRows(count: number): HorizonRows {
  const column = (width = 1) => new Float64Array(count * width);
  return {
    f0: column(),
    f: column(),
    a0: column(),
    a: column(),
    bias: column(3),
    logSpread: column(3),
    z2: column(),
  };
}

function newRegimeRows(count: number): RegimeRows {
  return {
    posterior: new Float64Array(count * 3),
    state: new Uint8Array(count),
    minutes: new Float64Array(count),
    change: new Float64Array(count),
  };
}

/** Copies some numbers of each row to a column, at the bars from `first` on. */
type Copy = (
  offset: number,
  width: number,
  column: Float64Array | Int32Array | Uint8Array,
) => void;

function copyHorizon(core: CoreExports, start: number, to: HorizonRows, copy: Copy): void {
  copy(start + core.FORECAST_F0.value, 1, to.f0);
  copy(start + core.FORECAST_F.value, 1, to.f);
  copy(start + core.FORECAST_A0.value, 1, to.a0);
  copy(start + core.FORECAST_A.value, 1, to.a);
  copy(start + core.FORECAST_BIAS.value, 3, to.bias);
  copy(start + core.FORECAST_SPREAD.value, 3, to.logSpread);
  copy(start + core.FORECAST_SQUARED.value, 1, to.z2);
}

function copyRegime(core: CoreExports, start: number, to: RegimeRows, copy: Copy): void {
  copy(start + core.REGIME_PROBABILITIES.value, 3, to.posterior);
  copy(start + core.REGIME_STATE.value, 1, to.state);
  copy(start + core.REGIME_MINUTES.value, 1, to.minutes);
  copy(start + core.REGIME_CHANGE.value, 1, to.change);
}

/**
 * Outputs of a volatility model for many bars, bit for bit those of the live scorer.
 *
 * @param symbol The market, which picks the absolute borders.
 * @throws RangeError when bars are not in order of time or a list of the model has a wrong length.
 */
export function forecastRows(
  wasm: CoreSource,
  forecast: CoreForecast,
  bars: ForecastBars,
  symbol?: string,
): ForecastRows {
  const core = instantiateCore(wasm);
  const model = placeForecast(core, forecast);
  const state = allocate(core, core.volatilityStateBytes(model), "the state");
  const borders = allocate(core, 16, "the borders");
  float64View(core, borders, 2).set(absoluteBorders(forecast, symbol));
  const count = bars.times.length;
  const length = core.VOLATILITY_LENGTH.value;
  const result: ForecastRows = {
    count,
    horizons: { "15": newHorizonRows(count), "60": newHorizonRows(count) },
    weekLevel: new Float64Array(count),
    absolute: newRegimeRows(count),
    week: newRegimeRows(count),
    shock: new Float64Array(count),
    isShock: new Uint8Array(count),
    have: new Int32Array(count),
  };
  const week = core.VOLATILITY_INPUTS.value + VOLATILITY_INPUTS.indexOf("week");
  inChunks(core, bars, length, (source, size, rows) => {
    core.forecastRows(model, state, borders, source, size, rows);
  }, (rows, first, size) => {
    const copy: Copy = (offset, width, column) =>
      copyColumn(rows, length, offset, width, size, column, first);
    copyHorizon(core, core.VOLATILITY_QUARTER.value, result.horizons["15"], copy);
    copyHorizon(core, core.VOLATILITY_HOUR.value, result.horizons["60"], copy);
    copyRegime(core, core.VOLATILITY_REGIME_ABSOLUTE.value, result.absolute, copy);
    copyRegime(core, core.VOLATILITY_REGIME_WEEK.value, result.week, copy);
    copy(week, 1, result.weekLevel);
    copy(core.VOLATILITY_SHOCK_SCORE.value, 1, result.shock);
    copy(core.VOLATILITY_SHOCK.value, 1, result.isShock);
    copy(core.VOLATILITY_HAVE.value, 1, result.have);
  });
  return result;
}
