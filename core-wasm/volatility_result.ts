import { CONTRIBUTIONS, QUANTILE_LEVELS, VOLATILITY_INPUTS } from "./forecast.ts";
import { type CoreExports, float64View, toArray } from "./instance.ts";
import type { ResultReader } from "./result.ts";

/** A label of the volatility of the next quarter of an hour. */
export interface Regime {
  /** 0 calm, 1 normal, 2 turbulent; 255 before the model is ready. */
  readonly state: number;
  /** Minutes since the label began, this one and missing ones included; NaN before there is one. */
  readonly barsInState: number;
  /** Probabilities of the terciles; NaN before the model is ready. */
  readonly posterior: readonly number[];
}

/** The forecast y ~ location + scale Z of y = ln(1e4 sqrt(sum of the next h squared returns) + 0.1). */
export interface HorizonForecast {
  readonly location: number;
  readonly scale: number;
  /** Volatility at the {@link QUANTILE_LEVELS}, basis points over the whole horizon. */
  readonly quantiles: readonly number[];
}

/**
 * Output of a volatility model for one bar. The label is on the basis of the market's own borders,
 * or against the week for a market that the model was not trained on.
 */
export interface VolatilityResult extends Regime {
  readonly kind: "volatility";
  /** Bars of the sequence, at most `need`. */
  readonly have: number;
  /** Bars that the model needs: with fewer there is no label, and the forecasts mean little. */
  readonly need: number;
  /** The model's inputs, in the order of `FEATURE_NAMES.volatility`. */
  readonly features: readonly number[];
  readonly basis: "absolute" | "week";
  /** The label against the week. */
  readonly week: Regime;
  /** In the order of `HORIZONS`. */
  readonly horizons: readonly [HorizonForecast, HorizonForecast];
  /** Probability that the label changes within 60 minutes; NaN before the model is ready. */
  readonly change: number;
  /** Level of the week, of the size of a log volatility of 15 minutes. */
  readonly weekLevel: number;
  /** Size of the return in units of the four hours' volatility before it. */
  readonly shockScore: number;
  /** Whether `shockScore` is above its threshold. */
  readonly isShock: boolean;
  /**
   * What moved the forecast of the shorter horizon, in the order of `CONTRIBUTIONS`: each part less
   * its average, of a half-life of 5,040 minutes, at the bar before.
   */
  readonly contributions: readonly number[];
}

/** Reads a {@link Regime}. */
class RegimeReader {
  readonly #regime: Float64Array;
  readonly #posterior: Float64Array;
  readonly #state: number;
  readonly #minutes: number;
  readonly #change: number;

  constructor(core: CoreExports, address: number) {
    this.#state = core.REGIME_STATE.value;
    this.#minutes = core.REGIME_MINUTES.value;
    this.#change = core.REGIME_CHANGE.value;
    this.#regime = float64View(core, address, core.REGIME_LENGTH.value);
    this.#posterior = float64View(core, address + core.REGIME_PROBABILITIES.value * 8, 3);
  }

  read(): Regime {
    return {
      state: this.#regime[this.#state] ?? NaN,
      barsInState: (this.#regime[this.#minutes] ?? NaN) + 1,
      posterior: toArray(this.#posterior),
    };
  }

  change(): number {
    return this.#regime[this.#change] ?? NaN;
  }
}

/** Reads a {@link HorizonForecast}. */
class ForecastReader {
  readonly #location: number;
  readonly #scale: number;
  readonly #forecast: Float64Array;
  readonly #quantiles: Float64Array;

  constructor(core: CoreExports, address: number) {
    this.#location = core.FORECAST_F.value;
    this.#scale = core.FORECAST_A.value;
    const quantiles = core.FORECAST_QUANTILES.value;
    this.#forecast = float64View(core, address, quantiles);
    this.#quantiles = float64View(core, address + quantiles * 8, QUANTILE_LEVELS.length);
  }

  read(): HorizonForecast {
    return {
      location: this.#forecast[this.#location] ?? NaN,
      scale: this.#forecast[this.#scale] ?? NaN,
      quantiles: toArray(this.#quantiles),
    };
  }
}

/** Reads a {@link VolatilityResult}, by the layout that the core exports. */
export class VolatilityResultReader implements ResultReader {
  readonly #need: number;
  readonly #have: number;
  readonly #isAbsolute: number;
  readonly #shockScore: number;
  readonly #shock: number;
  readonly #result: Float64Array;
  readonly #inputs: Float64Array;
  readonly #contributions: Float64Array;
  readonly #absolute: RegimeReader;
  readonly #week: RegimeReader;
  readonly #quarter: ForecastReader;
  readonly #hour: ForecastReader;

  /**
   * @param address Address of the result.
   * @param need Bars that the model needs.
   */
  constructor(core: CoreExports, address: number, need: number) {
    const at = (offset: number) => address + offset * 8;
    this.#need = need;
    this.#have = core.VOLATILITY_HAVE.value;
    this.#isAbsolute = core.VOLATILITY_ABSOLUTE.value;
    this.#shockScore = core.VOLATILITY_SHOCK_SCORE.value;
    this.#shock = core.VOLATILITY_SHOCK.value;
    this.#result = float64View(core, address, core.VOLATILITY_LENGTH.value);
    this.#inputs = float64View(core, at(core.VOLATILITY_INPUTS.value), VOLATILITY_INPUTS.length);
    const contributions = core.VOLATILITY_CONTRIBUTIONS.value;
    this.#contributions = float64View(core, at(contributions), CONTRIBUTIONS.length);
    this.#absolute = new RegimeReader(core, at(core.VOLATILITY_REGIME_ABSOLUTE.value));
    this.#week = new RegimeReader(core, at(core.VOLATILITY_REGIME_WEEK.value));
    this.#quarter = new ForecastReader(core, at(core.VOLATILITY_QUARTER.value));
    this.#hour = new ForecastReader(core, at(core.VOLATILITY_HOUR.value));
  }

  read(): VolatilityResult {
    const result = this.#result;
    const isAbsolute = result[this.#isAbsolute] === 1;
    const primary = isAbsolute ? this.#absolute : this.#week;
    const features = toArray(this.#inputs);
    return {
      kind: "volatility",
      have: Math.min(result[this.#have] ?? NaN, this.#need),
      need: this.#need,
      features,
      basis: isAbsolute ? "absolute" : "week",
      ...primary.read(),
      week: this.#week.read(),
      horizons: [this.#quarter.read(), this.#hour.read()],
      change: primary.change(),
      weekLevel: features[WEEK] ?? NaN,
      shockScore: result[this.#shockScore] ?? NaN,
      isShock: result[this.#shock] === 1,
      contributions: toArray(this.#contributions),
    };
  }
}

const WEEK = VOLATILITY_INPUTS.indexOf("week");
