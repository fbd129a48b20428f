/** What the volatility model is: its inputs, horizons and parameters. */

/** Minutes ahead that are forecast. */
export const HORIZONS = [15, 60] as const;

/** Added to a volatility before its logarithm is taken, basis points. */
export const TARGET_FLOOR = 0.1;

/** Levels of the quantiles that a forecast publishes. */
export const QUANTILE_LEVELS = [0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975] as const;

/**
 * What the forecast of the shorter horizon is made of: volatility of minutes, of half an hour, of
 * hours to a day and of the week, calendar, volume, leverage and momentum, and its own late errors.
 */
export const CONTRIBUTIONS = [
  "short",
  "hour",
  "day",
  "week",
  "season",
  "volume",
  "momentum",
  "bias",
] as const;

/** Names of the model's inputs, in the order in which the core computes them. */
export const VOLATILITY_INPUTS = [
  "volatility_5",
  "volatility_30",
  "volatility_240",
  "volatility_1440",
  "week",
  "volume_5",
  "volume_60",
  "leverage_5",
  "leverage_15",
  "leverage_60",
  "leverage_240",
  "momentum_5",
  "momentum_15",
  "momentum_60",
  "momentum_240",
] as const;

/** Coefficients of the calendar. */
export const SEASON_COLUMNS = 31;

/** Minutes of a week; minute 0 is Monday 00:00 UTC. */
export const WEEK_MINUTES = 10_080;

/** Inputs of the volatility forecast: their windows are the model's own. */
export interface VolatilityFeatures {
  readonly preset: "volatility";
}

/** Coefficients of f0, the regression's part of the forecast. */
export type CoreCoefficients =
  & { readonly [K in typeof VOLATILITY_INPUTS[number]]: number }
  & {
    readonly intercept: number;
    /** {@link SEASON_COLUMNS} coefficients of the calendar. */
    readonly season: readonly number[];
  };

/** Parameters of one horizon: see assembly/forecast/horizon.ts. */
export interface CoreHorizon {
  readonly coef: CoreCoefficients;
  /** Coefficients of the averages of y - f0 over 240, 1440 and 4320 minutes. */
  readonly bias: {
    readonly error_240: number;
    readonly error_1440: number;
    readonly error_4320: number;
  };
  /** Coefficients of ln a0. */
  readonly scale: {
    readonly intercept: number;
    readonly error_240: number;
    readonly error_1440: number;
    readonly error_4320: number;
    readonly short_change: number;
    readonly short_change_size: number;
    readonly day_change_size: number;
  };
  /** Mean of the averaged squared error in units of a0^2 in training, above 0. */
  readonly z2_mean: number;
  /** Quantiles of (y - f) / a in training at equally spaced levels from 0 to 1, ascending. */
  readonly z_quantiles: readonly number[];
  /** The two borders between the terciles of y, by symbol. */
  readonly borders_absolute_y: { readonly [symbol: string]: readonly number[] };
  /** The two borders between the terciles of y less the level of the week. */
  readonly borders_week: readonly number[];
}

/** The regression of a change of the label within 60 minutes: see assembly/forecast/label.ts. */
export interface CoreChange {
  readonly intercept: number;
  /** 39 weights. */
  readonly w: readonly number[];
}

/** Parameters of the volatility forecast; an artifact's `forecast` satisfies it. */
export interface CoreForecast {
  /** Bars of a sequence before the model is ready. */
  readonly need: number;
  /** By how much another regime's probability must exceed the present one's. */
  readonly label_margin: number;
  readonly horizons: { readonly "15": CoreHorizon; readonly "60": CoreHorizon };
  readonly change_within_60: { readonly absolute: CoreChange; readonly week: CoreChange };
  readonly shock: {
    /** Alarms that the threshold aims at. */
    readonly alarms_a_day: number;
    /** By how much an alarm raises the threshold's log. */
    readonly step: number;
    /** First threshold. */
    readonly start: number;
  };
}
