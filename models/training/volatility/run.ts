import { type CoreForecast, type ForecastRows, forecastRows } from "../../../core-wasm/core.ts";
import { loadCore } from "../../../core-wasm/load.ts";
import type { Distribution } from "./adaptive.ts";
import type { Horizon, VolatilityHistory } from "./history.ts";

/** The bases of a regime: borders of the volatility, and borders of it less the week's level. */
export const BASES = ["absolute", "week"] as const;
/** A basis of a regime. */
export type Basis = typeof BASES[number];

/** The state of a row without a label. */
export const NO_LABEL = 255;

/** A model's regimes at each row. */
export interface Regimes {
  /** Probabilities of the terciles, row after row. */
  readonly posterior: Float64Array;
  /** The label; {@link NO_LABEL} if unknown. */
  readonly state: Uint8Array;
  /** Minutes since the label began. */
  readonly minutes: Float64Array;
  /** Probability that the label changes within the hour. */
  readonly change: Float64Array;
}

/** What a model says at each row of a history. */
export interface ModelRun {
  readonly distributions: Readonly<Record<Horizon, Distribution>>;
  readonly regimes: Readonly<Record<Basis, Regimes>>;
}

function join<T extends Float64Array | Uint8Array>(
  parts: readonly ForecastRows[],
  column: (rows: ForecastRows) => T,
  empty: (length: number) => T,
): T {
  const columns = parts.map(column);
  const [only] = columns;
  if (only !== undefined && columns.length === 1) return only;
  const joined = empty(columns.reduce((sum, values) => sum + values.length, 0));
  let at = 0;
  for (const values of columns) {
    joined.set(values, at);
    at += values.length;
  }
  return joined;
}

/**
 * Runs a model over a history with the code that serves live.
 *
 * @param borders The market whose absolute borders are used; each market's own when absent.
 */
export function runModel(
  history: VolatilityHistory,
  forecast: CoreForecast,
  borders?: string,
): ModelRun {
  const wasm = loadCore();
  const parts = history.markets.map(({ bars, symbol }) =>
    forecastRows(wasm, forecast, bars, borders ?? symbol)
  );
  const floats = (column: (rows: ForecastRows) => Float64Array) =>
    join(parts, column, (length) => new Float64Array(length));
  const distribution = (horizon: "15" | "60"): Distribution => ({
    f: floats((rows) => rows.horizons[horizon].f),
    a: floats((rows) => rows.horizons[horizon].a),
  });
  const regimes = (basis: Basis): Regimes => ({
    posterior: floats((rows) => rows[basis].posterior),
    state: join(parts, (rows) => rows[basis].state, (length) => new Uint8Array(length)),
    minutes: floats((rows) => rows[basis].minutes),
    change: floats((rows) => rows[basis].change),
  });
  return {
    distributions: { 15: distribution("15"), 60: distribution("60") },
    regimes: { absolute: regimes("absolute"), week: regimes("week") },
  };
}
