import { type CoreForecast, FEATURE_NAMES } from "../../../core-wasm/core.ts";
import { MINUTE_MS } from "../../../data/schema/time.ts";
import { type VolatilityHistory, writeSeason } from "./history.ts";
import { fitLogistic } from "./logistic.ts";
import { logs } from "./numbers.ts";
import { type Basis, type ModelRun, NO_LABEL } from "./run.ts";

/** Minutes within which a label changes, or does not. */
export const CHANGE_MINUTES = 60;
/** One row of these is fitted: neighbours say nearly the same. */
const STRIDE = 7;
/** Features of a forecast and its label. */
const OWN = 9;
/** Bound of their sizes. */
const CLIP = 6;
/** Harmonics of the day. */
const DAY = 12;
/** Features: for all labels, for the first, for the last, and of the day. */
export const CHANGE_FEATURES = 3 * OWN + DAY;

const INPUTS = FEATURE_NAMES.volatility.length;
const X5 = FEATURE_NAMES.volatility.indexOf("volatility_5");
const X30 = FEATURE_NAMES.volatility.indexOf("volatility_30");

/** 1 where a label changes within the next hour, 0 where it does not, {@link NO_LABEL} if unknown. */
export function labelChanges({ unbroken }: VolatilityHistory, state: Uint8Array): Uint8Array {
  const changes = new Uint8Array(state.length).fill(NO_LABEL);
  let next = Infinity;
  for (let t = state.length - 1; t >= 0; t--) {
    const isKnown = (unbroken[t + CHANGE_MINUTES] ?? 0) > CHANGE_MINUTES;
    if (isKnown && state[t] !== NO_LABEL) changes[t] = next <= t + CHANGE_MINUTES ? 1 : 0;
    if (state[t] !== state[t - 1]) next = t;
  }
  return changes;
}

/** The two borders at each row, of the volatility itself. */
function borderAt(
  history: VolatilityHistory,
  forecast: CoreForecast,
  basis: Basis,
): (row: number, symbol: string) => readonly [number, number] {
  const { borders_absolute_y, borders_week } = forecast.horizons["15"];
  const [low = NaN, high = NaN] = borders_week;
  return (row, symbol) => {
    if (basis === "week") {
      const level = history.week[row] ?? NaN;
      return [low + level, high + level];
    }
    const [first = NaN, second = NaN] = borders_absolute_y[symbol] ?? [];
    return [first, second];
  };
}

/** A regression of a change of the label, as an artifact holds it. */
export interface ChangeRegression {
  readonly intercept: number;
  readonly w: number[];
}

/**
 * Fits the probability that the label changes within the hour: a logistic regression on every
 * seventh of the rows whose next hour is known.
 */
export function fitChange(
  history: VolatilityHistory,
  forecast: CoreForecast,
  run: ModelRun,
  basis: Basis,
  isUsed: (row: number) => boolean,
): ChangeRegression {
  const { posterior, state, minutes } = run.regimes[basis];
  const { f, a } = run.distributions[15];
  const changes = labelChanges(history, state);
  const borders = borderAt(history, forecast, basis);
  const picked: { readonly row: number; readonly symbol: string }[] = [];
  let seen = 0;
  for (const { symbol, first, bars } of history.markets) {
    for (let row = first; row < first + bars.times.length; row++) {
      if (changes[row] === NO_LABEL || !isUsed(row)) continue;
      if (seen++ % STRIDE === 0) picked.push({ row, symbol });
    }
  }
  const lnA = logs(Float64Array.from(picked, ({ row }) => a[row] ?? NaN));
  const lnK = logs(Float64Array.from(picked, ({ row }) => 1 + (minutes[row] ?? NaN)));
  const features = new Float64Array(picked.length * CHANGE_FEATURES);
  for (const [i, { row, symbol }] of picked.entries()) {
    const [low, high] = borders(row, symbol);
    const [location, scale] = [f[row] ?? NaN, a[row] ?? NaN];
    const [first, last] = [(location - low) / scale, (location - high) / scale];
    const own = [
      first,
      last,
      Math.abs(first),
      Math.abs(last),
      lnK[i] ?? NaN,
      posterior[row * 3] ?? NaN,
      posterior[row * 3 + 2] ?? NaN,
      lnA[i] ?? NaN,
      (history.inputs[row * INPUTS + X5] ?? NaN) - (history.inputs[row * INPUTS + X30] ?? NaN),
    ];
    const x = features.subarray(i * CHANGE_FEATURES, (i + 1) * CHANGE_FEATURES);
    for (const [j, value] of own.entries()) {
      const clipped = Math.min(Math.max(value, -CLIP), CLIP);
      x[j] = clipped;
      x[OWN + j] = state[row] === 0 ? clipped : 0;
      x[2 * OWN + j] = state[row] === 2 ? clipped : 0;
    }
    const later = (history.times[row] ?? NaN) + CHANGE_MINUTES * MINUTE_MS;
    writeSeason(history.season, later, x, 3 * OWN, DAY);
  }
  const truth = Uint8Array.from(picked, ({ row }) => changes[row] ?? NO_LABEL);
  const { intercept, w } = fitLogistic(features, CHANGE_FEATURES, truth);
  return { intercept, w: [...w] };
}
