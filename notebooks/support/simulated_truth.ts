import { computeFeatures, filterRows, warmUpBars } from "../../core-wasm/core.ts";
import { loadCore } from "../../core-wasm/load.ts";
import type { Artifact } from "../../models/artifact/read.ts";
import { argmaxRows } from "../../models/evaluation/paths.ts";
import { evaluateAgainstTruth, type TruthEvaluation } from "../../models/evaluation/truth.ts";
import { barCount, type BarSequence, SequenceCutter } from "../../models/training/sequences.ts";
import { DAY_MINUTES, MINUTE_MS } from "../../data/schema/time.ts";
import {
  REGIMES,
  simulatedMarket,
  type TrueMinute,
  trueMinutes,
} from "../../service/commands/notebooks.ts";
import { filterTrueModel } from "./bayes_filter.ts";

/** Which stretch of which simulated market. */
export interface SimulatedSpan {
  readonly seed: number;
  readonly symbol: string;
  /** First open time, ms UTC; not before 2025-01-01. */
  readonly from: number;
  readonly days: number;
}

/** A stretch of a simulated market with all that it hides. */
export interface SimulatedTruth {
  readonly bars: BarSequence;
  /** Of each bar. */
  readonly minutes: readonly TrueMinute[];
  /** True regime of each bar. */
  readonly regimes: Uint8Array;
  /** What the Bayes-optimal filter says of each bar: a probability a regime. */
  readonly optimal: Float64Array;
}

/** A model beside the Bayes-optimal filter. */
export interface TruthComparison extends TruthEvaluation {
  /** The first bar that it is judged on. */
  readonly first: number;
  /** What the model says of each bar: a probability a state; 0 for those that it does not see. */
  readonly posteriors: Float64Array;
  /** Its most probable state at each bar. */
  readonly path: Uint8Array;
}

/**
 * The one-minute bars of a simulated market, as its exchange tells them.
 *
 * @throws RangeError for a span without bars.
 */
export function simulateBars({ seed, symbol, from, days }: SimulatedSpan): BarSequence {
  const market = simulatedMarket({ seed, symbols: [symbol] }).market(symbol);
  const cutter = new SequenceCutter();
  cutter.startFile(`simulated ${symbol}`, symbol);
  const limit = days * DAY_MINUTES;
  const now = from + limit * MINUTE_MS;
  const klines = market?.klines({ from, to: now - 1, now, limit, keep: "oldest" }) ?? [];
  for (const kline of klines) {
    cutter.add({
      open_time: kline.openTime,
      open: Number(kline.open),
      high: Number(kline.high),
      low: Number(kline.low),
      close: Number(kline.close),
      volume: Number(kline.volume),
    });
  }
  const [bars] = cutter.finish();
  if (bars !== undefined) return bars;
  throw new RangeError(
    `Cannot simulate ${symbol} as days must be above 0: current value is ${days}`,
  );
}

/** Simulates a market and filters it with its true parameters. */
export function simulateTruth(span: SimulatedSpan): SimulatedTruth {
  const bars = simulateBars(span);
  const to = span.from + barCount(bars) * MINUTE_MS;
  const minutes = [...trueMinutes({ ...span, to })];
  return {
    bars,
    minutes,
    regimes: Uint8Array.from(minutes, ({ regime }) => regime),
    optimal: filterTrueModel(minutes),
  };
}

/**
 * Judges a model on a simulated market. The first half of the bars that it sees teaches what its
 * states stand for, the second half is judged.
 *
 * @throws RangeError when the stretch is shorter than what the model needs to see a bar.
 */
export function compareWithTruth(
  { bars, regimes, optimal }: SimulatedTruth,
  { features, hmm }: Pick<Artifact, "features" | "hmm">,
): TruthComparison {
  const count = barCount(bars);
  const states = hmm.startprob.length;
  const wasm = loadCore();
  const { normalized, dims } = computeFeatures(wasm, features, bars.bars, [count], [bars.start]);
  const seen = Math.min(warmUpBars(features), count);
  // What the model does not see must not teach its filter anything either.
  const filtered = filterRows(wasm, hmm, normalized.subarray(seen * dims), [count - seen]);
  const posteriors = new Float64Array(count * states);
  posteriors.set(filtered.posteriors, seen * states);
  const first = seen + Math.floor((count - seen) / 2);
  const path = argmaxRows(posteriors, states);
  const evaluation = evaluateAgainstTruth(
    { truth: regimes.subarray(seen, first), model: path.subarray(seen, first) },
    {
      truth: regimes.subarray(first),
      model: path.subarray(first),
      optimal: argmaxRows(optimal, REGIMES.length).subarray(first),
      lengths: [count - first],
    },
    { states, regimes: REGIMES.length },
  );
  return { ...evaluation, first, posteriors, path };
}
