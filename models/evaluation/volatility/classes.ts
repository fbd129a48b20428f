import type { CoreForecast } from "../../../core-wasm/core.ts";
import type { VolatilityHistory } from "../../training/volatility/history.ts";
import { logs } from "../../training/volatility/numbers.ts";
import type { Basis } from "../../training/volatility/run.ts";
import { CLASSES, classify, UNKNOWN } from "../forecast.ts";

/** What a basis forecasts at each row: y, or y less the level of the week. */
export function outcomesOf(
  { outcomes, week }: VolatilityHistory,
  basis: Basis,
): Float64Array {
  const { y } = outcomes[15];
  return basis === "absolute" ? y : y.map((value, row) => value - (week[row] ?? NaN));
}

/** A forecast of y as one on a basis. */
export function onBasis(
  { week }: VolatilityHistory,
  basis: Basis,
  values: Float64Array,
): Float64Array {
  return basis === "absolute" ? values : values.map((value, row) => value - (week[row] ?? NaN));
}

/**
 * The tercile of each row; {@link UNKNOWN} where the outcome is, or where a market has no borders.
 *
 * @param borders The market whose absolute borders are used; each market's own when absent.
 */
export function classesOf(
  history: VolatilityHistory,
  { horizons }: CoreForecast,
  basis: Basis,
  borders?: string,
): Uint8Array {
  const { borders_absolute_y, borders_week } = horizons["15"];
  const outcomes = outcomesOf(history, basis);
  if (basis === "week") return classify(outcomes, borders_week);
  const classes = new Uint8Array(history.count).fill(UNKNOWN);
  for (const { symbol, first, bars } of history.markets) {
    const own = borders_absolute_y[borders ?? symbol];
    if (own === undefined) continue;
    classes.set(classify(outcomes.subarray(first, first + bars.times.length), own), first);
  }
  return classes;
}

/** How probabilities fared at each row; NaN where the class is unknown. */
export interface ClassScores {
  /** 1 when the most probable class, the first of equals, is the true one, else 0. */
  readonly hits: Float64Array;
  /** ln P(true class), nats. */
  readonly logScores: Float64Array;
}

/**
 * Scores probabilities.
 *
 * @param probabilities Of the classes, row after row.
 * @param truth The true class of each row.
 */
export function scoreClasses(probabilities: Float64Array, truth: Uint8Array): ClassScores {
  const hits = new Float64Array(truth.length).fill(NaN);
  const chances = new Float64Array(truth.length).fill(NaN);
  for (let t = 0; t < truth.length; t++) {
    const actual = truth[t] ?? UNKNOWN;
    if (actual === UNKNOWN) continue;
    const chance = probabilities[t * CLASSES + actual] ?? NaN;
    if (Number.isNaN(chance)) continue;
    let isMost = 1;
    for (let k = 0; k < CLASSES; k++) {
      const other = probabilities[t * CLASSES + k] ?? NaN;
      if (k < actual ? other >= chance : other > chance) isMost = 0;
    }
    hits[t] = isMost;
    chances[t] = chance;
  }
  return { hits, logScores: logs(chances) };
}
