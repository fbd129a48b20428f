import { BAR_COLUMNS, filterRows, fitHmm } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import { argmaxRows } from "../../models/evaluate/paths.ts";
import { assignStates } from "../../models/evaluate/truth.ts";
import { MINUTE_MS } from "../../models/sequences.ts";
import { REGIMES } from "../../service/exchange/simulated/regimes.ts";
import { minuteOfWeek } from "../../service/exchange/simulated/seasonality.ts";
import type { InformedAccuracy } from "./informed_filter.ts";
import type { SimulatedTruth } from "./simulated_truth.ts";

const DAY = 1440;
const WEEKEND = 5 * DAY;
/** Minutes that share a place in the pattern of a day. */
const SLOT = 30;
/** Time constants of an hour's part and of a day's of the market's own past, minutes. */
const FAST = 8;
const SLOW = 1500;
/** How much of each is taken away: of a few weights, the best on BTCUSDT, seed 1. */
const FAST_SHARE = 0.4;
const SLOW_SHARE = 0.9;
const STATES = 5;
const STARTS = 3;

/** Mean of the values of each class among the first `half`. */
function classMeans(values: Float64Array, half: number, classOf: (t: number) => number) {
  const [sums, counts] = [new Map<number, number>(), new Map<number, number>()];
  for (let t = 0; t < half; t++) {
    const key = classOf(t);
    sums.set(key, (sums.get(key) ?? 0) + (values[t] ?? NaN));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return (t: number) => (sums.get(classOf(t)) ?? 0) / (counts.get(classOf(t)) ?? 1);
}

/** Less the pattern of weekday or weekend and of the hour, as the first half shows it. */
function lessPattern(values: Float64Array, half: number, week: (t: number) => number) {
  const slot = (t: number) =>
    Math.floor((week(t) % DAY) / SLOT) + (week(t) >= WEEKEND ? DAY / SLOT : 0);
  const daily = classMeans(values, half, slot);
  const rest = values.map((value, t) => value - daily(t));
  const hourly = classMeans(rest, half, (t) => week(t) % 60);
  return rest.map((value, t) => value - hourly(t));
}

/** Less what the values before it would have a value be. */
function lessPast(values: Float64Array): Float64Array {
  const [keepFast, keepSlow] = [Math.exp(-1 / FAST), Math.exp(-1 / SLOW)];
  let [fast, slow] = [0, 0];
  return values.map((value) => {
    const result = value - FAST_SHARE * (fast - slow) - SLOW_SHARE * slow;
    fast = keepFast * fast + (1 - keepFast) * value;
    slow = keepSlow * slow + (1 - keepSlow) * value;
    return result;
  });
}

/**
 * What can be had of bars without any truth: log range and log volume of the minute, less the
 * pattern of the week and less the market's own past, all learnt on the first half of the bars, and
 * an HMM with five states fitted to it. The states' meaning is learnt there too.
 */
export function learntAccuracy(
  { bars, regimes, optimal }: SimulatedTruth,
): InformedAccuracy {
  const wasm = loadCore();
  const count = regimes.length;
  const half = Math.floor(count / 2);
  const at = (t: number, column: number) => bars.bars[t * BAR_COLUMNS + column] ?? NaN;
  const week = (t: number) => minuteOfWeek(bars.start / MINUTE_MS + t);
  const [range, volume] = [
    (t: number) => Math.log((at(t, 1) - at(t, 2)) / at(t, 0) + 1e-5),
    (t: number) => Math.log(at(t, 4) * at(t, 3) + 1),
  ].map((of) =>
    lessPast(lessPattern(Float64Array.from({ length: count }, (_, t) => of(t)), half, week))
  );
  const rows = Float64Array.from(
    { length: 2 * count },
    (_, i) => (i % 2 === 0 ? range : volume)?.[i >> 1] ?? NaN,
  );
  const fits = Array.from(
    { length: STARTS },
    (_, restart) =>
      fitHmm(wasm, rows.subarray(0, 2 * half), 2, [half], {
        start: { states: STATES, seed: 1, restart },
        tolerance: 1e-6,
      }),
  );
  const { hmm } = fits.reduce((a, b) => (b.logLikelihood > a.logLikelihood ? b : a));
  const path = argmaxRows(filterRows(wasm, hmm, rows, [count]).posteriors, STATES);
  const [known, judged] = [regimes.subarray(0, half), regimes.subarray(half)];
  const meaning = assignStates(path.subarray(0, half), known, STATES, REGIMES.length);
  const shareRight = (named: Uint8Array) =>
    named.filter((regime, i) => regime === judged[i]).length / judged.length;
  return {
    sees: "pattern and scale learnt from bars, five states",
    accuracy: shareRight(path.subarray(half).map((state) => meaning[state] ?? 0)),
    optimal: shareRight(argmaxRows(optimal, REGIMES.length).subarray(half)),
  };
}
