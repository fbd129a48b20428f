import type { CoreHmm } from "../../core-wasm/core.ts";
import { HORIZON } from "./history.ts";

/** Classes of the future volatility. */
export const CLASSES = 3;
/** The class of a bar whose outcome is unknown. */
export const UNKNOWN = 255;

/**
 * Class of each volatility: 0 up to the first border, 1 up to the second, else 2; {@link UNKNOWN}
 * for NaN.
 */
export function classify(volatility: Float64Array, borders: readonly number[]): Uint8Array {
  return Uint8Array.from(volatility, (value) => {
    if (Number.isNaN(value)) return UNKNOWN;
    return borders.filter((border) => value > border).length;
  });
}

/** Weight of each bar in each of some groups: row after row, each summing to 1. */
export interface Memberships {
  readonly weights: Float64Array;
  readonly groups: number;
}

/** Memberships of bars that each belong to one group. */
export function membershipsOf(path: Uint8Array, groups: number): Memberships {
  const weights = new Float64Array(path.length * groups);
  for (let t = 0; t < path.length; t++) weights[t * groups + (path[t] ?? 0)] = 1;
  return { weights, groups };
}

/**
 * Expected share of the next {@link HORIZON} minutes in each state, from the filtered posteriors:
 * the mean over h of p A^h, h = 1..{@link HORIZON}.
 */
export function expectOccupancy(posteriors: Float64Array, { transmat }: CoreHmm): Memberships {
  const groups = transmat.length;
  let power: readonly (readonly number[])[] = transmat;
  let total = transmat.map((row) => [...row]);
  for (let h = 2; h <= HORIZON; h++) {
    power = power.map((row) =>
      transmat.map((_, k) => row.reduce((sum, p, j) => sum + p * (transmat[j]?.[k] ?? 0), 0))
    );
    total = total.map((row, i) => row.map((p, k) => p + (power[i]?.[k] ?? 0)));
  }
  const step = Float64Array.from(total.flat(), (p) => p / HORIZON);
  const weights = new Float64Array(posteriors.length);
  for (let at = 0; at < posteriors.length; at += groups) {
    for (let k = 0; k < groups; k++) {
      let sum = 0;
      for (let j = 0; j < groups; j++) {
        sum += (posteriors[at + j] ?? 0) * (step[j * groups + k] ?? 0);
      }
      weights[at + k] = sum;
    }
  }
  return { weights, groups };
}

/** The outcomes of each group in training. */
export interface ForecastTable {
  /** Probability of each class, a row of {@link CLASSES} per group. */
  readonly probabilities: Float64Array;
  /** Mean volatility of each group. */
  readonly volatility: Float64Array;
}

/**
 * Estimates the outcomes of each group. Each class of a group counts one bar more than observed
 * (Laplace smoothing), so that no class has probability 0.
 */
export function fitTable(
  { weights, groups }: Memberships,
  truth: Uint8Array,
  volatility: Float64Array,
): ForecastTable {
  const counts = new Float64Array(groups * CLASSES).fill(1);
  const sums = new Float64Array(groups);
  const totals = new Float64Array(groups);
  for (let t = 0; t < truth.length; t++) {
    const actual = truth[t] ?? UNKNOWN;
    if (actual === UNKNOWN) continue;
    for (let k = 0; k < groups; k++) {
      const weight = weights[t * groups + k] ?? 0;
      const cell = k * CLASSES + actual;
      counts[cell] = (counts[cell] ?? 0) + weight;
      sums[k] = (sums[k] ?? 0) + weight * (volatility[t] ?? 0);
      totals[k] = (totals[k] ?? 0) + weight;
    }
  }
  return {
    probabilities: counts.map((count, i) => {
      const from = i - i % CLASSES;
      return count / counts.subarray(from, from + CLASSES).reduce((sum, x) => sum + x, 0);
    }),
    volatility: sums.map((sum, k) => sum / Math.max(totals[k] ?? 0, Number.MIN_VALUE)),
  };
}

/** A forecaster's scores at each bar with a known outcome; NaN at the others. */
export interface ForecastScores {
  /** 1 when the most probable class is the true one, else 0. */
  readonly hits: Float64Array;
  /** ln p of the true class, nats. */
  readonly logScores: Float64Array;
  /** Expected volatility. */
  readonly expected: Float64Array;
}

/** Whether the value at an index is the largest; ties go to the first. */
function isArgmax(values: Float64Array, index: number): boolean {
  const value = values[index] ?? NaN;
  return values.every((other, i) => i < index ? other < value : other <= value);
}

/** Scores a forecaster: its forecast is the mean of the table's rows, weighted by memberships. */
export function scoreForecast(
  { weights, groups }: Memberships,
  { probabilities, volatility }: ForecastTable,
  truth: Uint8Array,
): ForecastScores {
  const hits = new Float64Array(truth.length).fill(NaN);
  const logScores = new Float64Array(truth.length).fill(NaN);
  const expected = new Float64Array(truth.length).fill(NaN);
  const p = new Float64Array(CLASSES);
  for (let t = 0; t < truth.length; t++) {
    const actual = truth[t] ?? UNKNOWN;
    if (actual === UNKNOWN) continue;
    p.fill(0);
    let mean = 0;
    for (let k = 0; k < groups; k++) {
      const weight = weights[t * groups + k] ?? 0;
      for (let c = 0; c < CLASSES; c++) {
        p[c] = (p[c] ?? 0) + weight * (probabilities[k * CLASSES + c] ?? 0);
      }
      mean += weight * (volatility[k] ?? 0);
    }
    hits[t] = isArgmax(p, actual) ? 1 : 0;
    logScores[t] = Math.log(p[actual] ?? NaN);
    expected[t] = mean;
  }
  return { hits, logScores, expected };
}
