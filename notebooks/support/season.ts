import { SEASON_COLUMNS, seasonColumns, WEEK_MINUTES } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { minuteOfWeek, type VolatilityHistory } from "../../models/training/volatility/history.ts";
import { mean } from "./mean.ts";

/** Minutes of the week that are averaged. */
const STEP = 30;

/** The pattern of the week at half an hour of it. */
export interface SeasonPoint {
  /** Minutes since Monday 00:00 UTC, of the middle. */
  readonly minute: number;
  /** Volatility divided by its geometric mean over the week. */
  readonly fitted: number;
  /** What followed divided by the week's level, likewise; NaN where no bar is. */
  readonly measured: number;
}

/**
 * The pattern of the week: the fitted one, and the volatility of the next 15 minutes against the
 * level of the week before.
 *
 * @param rows Rows with a known outcome.
 * @param season Coefficients of the calendar.
 */
export function seasonOfWeek(
  { times, week, outcomes }: VolatilityHistory,
  rows: Int32Array,
  season: readonly number[],
): readonly SeasonPoint[] {
  const columns = seasonColumns(loadCore());
  const bins = WEEK_MINUTES / STEP;
  const [sums, counts] = [new Float64Array(bins), new Float64Array(bins)];
  for (const row of rows) {
    const bin = Math.floor(minuteOfWeek(times[row] ?? NaN) / STEP);
    sums[bin] = (sums[bin] ?? NaN) + (outcomes[15].y[row] ?? NaN) - (week[row] ?? NaN);
    counts[bin] = (counts[bin] ?? NaN) + 1;
  }
  const measured = sums.map((sum, i) => sum / (counts[i] ?? NaN));
  const fitted = Float64Array.from({ length: bins }, (_, i) => {
    const from = (i + 0.5) * STEP * SEASON_COLUMNS;
    return season.reduce((sum, c, k) => sum + c * (columns[from + k] ?? NaN), 0);
  });
  const [fittedMean, measuredMean] = [
    mean(fitted),
    mean(measured.filter((value) => !Number.isNaN(value))),
  ];
  return Array.from({ length: bins }, (_, i) => ({
    minute: (i + 0.5) * STEP,
    fitted: Math.exp((fitted[i] ?? NaN) - fittedMean),
    measured: Math.exp((measured[i] ?? NaN) - measuredMean),
  }));
}
