import {
  type CoreChange,
  type CoreForecast,
  type CoreHorizon,
  SEASON_COLUMNS,
  VOLATILITY_INPUTS,
} from "./forecast.ts";
import { allocated, type CoreExports, float64View } from "./instance.ts";

/** The two numbers of a pair of borders; NaN without. */
function pair(borders: readonly number[] | undefined): readonly [number, number] {
  const [low = NaN, high = NaN] = borders ?? [];
  return [low, high];
}

/** Copies numbers to an address, whose count must be the core's. */
function fill(
  core: CoreExports,
  address: number,
  values: readonly number[],
  count: number,
  name: string,
): void {
  if (values.length !== count) {
    throw new RangeError(
      `Cannot use ${name} as its length must be ${count}: current value is ${values.length}`,
    );
  }
  float64View(core, address, count).set(values);
}

function placeHorizon(core: CoreExports, minutes: 15 | 60, horizon: CoreHorizon): number {
  const { coef, bias, scale, z2_mean, z_quantiles } = horizon;
  if (z_quantiles.length < 2) {
    throw new RangeError(
      `Cannot use z_quantiles as its length must be 2 or more: current value is ${z_quantiles.length}`,
    );
  }
  const address = allocated(core.newHorizon(minutes, z_quantiles.length), "the forecast");
  // The order of the core's `Parameters`.
  const parameters = [
    ...VOLATILITY_INPUTS.map((name) => coef[name]),
    coef.intercept,
    ...[bias.error_240, bias.error_1440, bias.error_4320],
    ...[scale.intercept, scale.error_240, scale.error_1440, scale.error_4320],
    ...[scale.short_change, scale.short_change_size, scale.day_change_size],
    z2_mean,
  ];
  const count = core.HORIZON_PARAMETERS.value;
  fill(core, core.horizonParameters(address), parameters, count, "the parameters");
  fill(core, core.horizonSeason(address), coef.season, SEASON_COLUMNS, "coef.season");
  float64View(core, core.horizonQuantiles(address), z_quantiles.length).set(z_quantiles);
  core.prepareHorizon(address);
  return address;
}

function placeChange(core: CoreExports, { intercept, w }: CoreChange): number {
  const address = allocated(core.newChange(intercept), "the forecast");
  fill(core, core.changeWeights(address), w, core.CHANGE_WEIGHTS.value, "change_within_60's w");
  core.prepareChange(address);
  return address;
}

/**
 * Copies a volatility model into the core's memory.
 *
 * @returns Its address.
 * @throws RangeError when a list has not the length that the core needs, or memory runs out.
 */
export function placeForecast(core: CoreExports, forecast: CoreForecast): number {
  const { need, label_margin, horizons, change_within_60, shock } = forecast;
  const quarter = placeHorizon(core, 15, horizons["15"]);
  const hour = placeHorizon(core, 60, horizons["60"]);
  const absolute = placeChange(core, change_within_60.absolute);
  const week = placeChange(core, change_within_60.week);
  const address = allocated(
    core.newVolatility(need, quarter, hour, absolute, week),
    "the forecast",
  );
  // The order of the core's `Rules`.
  const rules = [
    ...pair(horizons["15"].borders_week),
    label_margin,
    ...[shock.alarms_a_day, shock.step, shock.start],
  ];
  fill(core, core.volatilityRules(address), rules, core.VOLATILITY_RULES.value, "the rules");
  return address;
}

/**
 * Borders of y between a symbol's absolute terciles, at h = 15.
 *
 * @returns NaN for a symbol that the model was not trained on, or without a symbol.
 */
export function absoluteBorders(
  { horizons }: CoreForecast,
  symbol: string | undefined,
): readonly [number, number] {
  const borders = horizons["15"].borders_absolute_y;
  return pair(
    symbol !== undefined && Object.hasOwn(borders, symbol) ? borders[symbol] : undefined,
  );
}
