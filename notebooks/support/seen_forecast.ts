import { forecastRows } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { MINUTE_MS } from "../../data/schema/time.ts";
import type { VolatilityArtifact } from "../../models/artifact/read.ts";
import { QuantileTable } from "../../models/evaluation/volatility/crps.ts";
import type { BarSequence } from "../../models/training/sequences.ts";
import { forecastBars } from "../../models/training/volatility/markets.ts";
import type { ForecastMinutes } from "./charts/forecast.ts";
import type { RegimeMinutes } from "./charts/regimes.ts";
import { realizedAfter } from "./realized.ts";

/** Keeps the log of no movement finite, basis points. */
const TARGET_FLOOR = 0.1;
const STATES = 3;

/** A volatility model's output for contiguous minutes. */
export type SeenForecast = RegimeMinutes & ForecastMinutes;

/**
 * Runs a volatility model over a sequence like the service.
 *
 * @param minutes Most minutes from the first at which it is ready.
 */
export function lookAtForecast(
  { forecast }: Pick<VolatilityArtifact, "forecast">,
  sequence: BarSequence,
  symbol: string,
  minutes: number,
): SeenForecast {
  const bars = forecastBars([sequence]);
  const rows = forecastRows(loadCore(), forecast, bars, symbol);
  const ready = rows.have.findIndex((have) => have >= forecast.need);
  const first = ready < 0 ? rows.count : ready;
  const last = Math.min(rows.count, first + minutes);
  const { f, a } = rows.horizons["15"];
  const z = new QuantileTable(forecast.horizons["15"].z_quantiles);
  const at = (level: number) => {
    const quantile = z.quantile(level);
    return f.slice(first, last).map((location, i) =>
      Math.max(0, Math.exp(location + (a[first + i] ?? NaN) * quantile) - TARGET_FLOOR)
    );
  };
  return {
    start: sequence.start + first * MINUTE_MS,
    closes: bars.close.slice(first, last),
    path: rows.absolute.state.slice(first, last),
    filtered: rows.absolute.posterior.slice(first * STATES, last * STATES),
    low: at(0.1),
    median: at(0.5),
    high: at(0.9),
    realized: realizedAfter(bars.times, bars.open, bars.close, 15).subarray(first, last),
  };
}
