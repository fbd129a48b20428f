import {
  type CoreForecast,
  type ForecastBars,
  type Scorer,
  type VolatilityModel,
  type VolatilityResult,
} from "../../core-wasm/core.ts";

const MINUTE_MS = 60_000;

/** A scorer's output of a volatility model. */
export function volatilityResult(scorer: Scorer, model = 0): VolatilityResult {
  const result = scorer.result(model);
  if (result.kind !== "volatility") throw new TypeError(`model ${model} has no forecast`);
  return result;
}

/** A model of a forecast. */
export function volatilityModel(forecast: CoreForecast): VolatilityModel {
  return { features: { preset: "volatility" }, forecast };
}

/** A bar of columns as the scorer takes it. */
export function barAt({ open, close, volume }: ForecastBars, bar: number) {
  const [first, last] = [open[bar] ?? NaN, close[bar] ?? NaN];
  return {
    open: first,
    high: Math.max(first, last),
    low: Math.min(first, last),
    close: last,
    volume: volume[bar] ?? NaN,
  };
}

/** Minutes without a bar before a bar. */
export function missingBefore({ times }: ForecastBars, bar: number): number {
  return bar === 0 ? 0 : ((times[bar] ?? NaN) - (times[bar - 1] ?? NaN)) / MINUTE_MS - 1;
}

/** Steps a slot over the bars from `first` up to `end`, as the service does. */
export function* stepBars(
  scorer: Scorer,
  slot: number,
  bars: ForecastBars,
  first = 0,
  end = bars.times.length,
): Generator<VolatilityResult> {
  if (first === 0) scorer.begin(slot, bars.times[0] ?? NaN);
  for (let bar = first; bar < end; bar++) {
    scorer.skip(slot, missingBefore(bars, bar));
    scorer.step(slot, barAt(bars, bar));
    yield volatilityResult(scorer);
  }
}
